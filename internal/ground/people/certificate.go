package people

import (
	"context"
	"strings"
	"time"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Kinds of certificates 证件.
const (
	Enforcement = "enforcement" // 行政执法证
	Host        = "host"        // 听证主持人证
	Supervisor  = "supervision" // 行政执法监督证
	Legal       = "legal"       // 法律职业资格证
)

// CertificateKinds lists the kinds in the order in which forms offer them.
func CertificateKinds() []string { return []string{Enforcement, Host, Supervisor, Legal} }

// Certificate says that a person may do something the law reserves, from the
// first day of its period to the last, unless it was revoked before.
type Certificate struct {
	ID      id.ID  `json:"-"`
	Account id.ID  `json:"-"`
	Login   string `json:"login"`
	Kind    string `json:"kind"`
	Number  string `json:"number"`
	Issuer  string `json:"issuer,omitempty"`
	Period
	Revoked string `json:"revoked,omitempty"` // the day from which it no longer holds
	Origin  `json:"-"`
}

// Key tells certificates apart across imports.
func (c Certificate) Key() string { return strings.Join([]string{c.Login, c.Kind, c.Number}, "/") }

// Holds reports whether the certificate is valid at the instant.
func (c Certificate) Holds(at time.Time) bool {
	return c.Period.Holds(at) && (c.Revoked == "" || Day(at) < c.Revoked)
}

// Soon is how long before its end a certificate is to be renewed.
const Soon = 60 * 24 * time.Hour

// Expiring reports whether a certificate that holds will not hold after Soon.
func (c Certificate) Expiring(at time.Time) bool { return c.Holds(at) && !c.Holds(at.Add(Soon)) }

// Check tells what is wrong with what the certificate says of itself.
func (c Certificate) Check() error {
	bad := fault.New(fault.Invalid, "people.certificate_bad")
	if !known(c.Kind) {
		bad.Field("kind", "people.certificate_kind")
	}
	if strings.TrimSpace(c.Number) == "" {
		bad.Field("number", "people.needed")
	}
	if !c.Valid() || c.Revoked != "" && !(Period{From: c.Revoked}).Valid() {
		bad.Field("valid_to", "people.period_bad")
	}
	return bad.OrNil()
}

func known(kind string) bool {
	for _, k := range CertificateKinds() {
		if k == kind {
			return true
		}
	}
	return false
}

// Certified reports whether the actor holds a certificate of the kind.
func (a Actor) Certified(kind string) bool {
	for _, c := range a.Certificates {
		if c.Kind == kind {
			return true
		}
	}
	return false
}

// Certificates lists those of one account, or of everybody for the zero id,
// also those that no longer hold.
func (d *Directory) Certificates(account id.ID) []Certificate {
	var all []Certificate
	if !account.IsZero() {
		return append(all, d.certificates[account]...)
	}
	for _, a := range d.Accounts() {
		all = append(all, d.certificates[a.ID]...)
	}
	return all
}

// SaveCertificate gives an account a certificate, or changes issuer and period
// of one it has. The actor must be an administrator; an unknown account or kind,
// no number or a period that ends before it begins is Invalid.
func (s *Service) SaveCertificate(ctx context.Context, actor Actor, c Certificate) (out Certificate, err error) {
	defer fault.Trace(&err, "people.SaveCertificate")
	fresh := id.New()
	err = s.change(ctx, actor, func(e *edit) error {
		acc, ok := e.dir.accounts[c.Account]
		if !ok {
			return fault.New(fault.Invalid, "people.certificate_bad").Field("account", "people.account_unknown")
		}
		if err := c.Check(); err != nil {
			return err
		}
		c.Login, c.ID, c.Origin = acc.Login, fresh, Origin{Local: true, By: e.actor.Name, At: e.at}
		what, before := "certificate.create", any(nil)
		for _, old := range e.dir.certificates[c.Account] {
			if old.Key() == c.Key() {
				c.ID, c.Pack = old.ID, old.Pack
				what, before = "certificate.change", old
			}
		}
		if err := putCertificate(e.ctx, e.tx, e.actor.Division, c); err != nil {
			return err
		}
		return e.audit(what, c.Key(), before, c)
	})
	return c, err
}

// RevokeCertificate ends a certificate from today on; what was done under it
// stays lawful. The actor must be an administrator; unknown is NotFound.
func (s *Service) RevokeCertificate(ctx context.Context, actor Actor, certificate id.ID) (err error) {
	defer fault.Trace(&err, "people.RevokeCertificate(%s)", certificate)
	return s.change(ctx, actor, func(e *edit) error {
		for _, c := range e.dir.Certificates(id.ID{}) {
			if c.ID != certificate {
				continue
			}
			before := c
			c.Revoked, c.Origin = Day(e.at), Origin{Pack: c.Pack, Local: true, By: e.actor.Name, At: e.at}
			if err := putCertificate(e.ctx, e.tx, e.actor.Division, c); err != nil {
				return err
			}
			return e.audit("certificate.revoke", c.Key(), before, c)
		}
		return fault.Missing("certificate")
	})
}
