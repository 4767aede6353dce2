package admin

import (
	"net/http"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/sheet"
	"xiucheng/internal/shell/visit"
)

// certificateLine is one certificate with its holder and how it stands.
type certificateLine struct {
	people.Certificate
	Name  string
	State string // holds, soon, over, revoked or later
}

// certificateLines are those of one account, or of everybody for the zero id.
func (d *Door) certificateLines(dir *people.Directory, account id.ID) (lines []certificateLine) {
	now := d.Clock.Now()
	for _, c := range dir.Certificates(account) {
		line := certificateLine{Certificate: c, State: "holds"}
		if a, err := dir.Account(c.Account); err == nil {
			line.Name = a.Name
		}
		switch {
		case c.Revoked != "" && !c.Holds(now):
			line.State = "revoked"
		case c.Expiring(now):
			line.State = "soon"
		case !c.Holds(now) && c.From > people.Day(now):
			line.State = "later"
		case !c.Holds(now):
			line.State = "over"
		}
		lines = append(lines, line)
	}
	return lines
}

func (d *Door) certificates(w http.ResponseWriter, r *http.Request) error {
	dir, err := d.directory(r)
	if err != nil {
		return err
	}
	lines := d.certificateLines(dir, id.ID{})
	soon := 0
	for _, l := range lines {
		if l.State == "soon" {
			soon++
		}
	}
	return httpx.Render(w, r, http.StatusOK, certificatesPage(lines, soon))
}

func (d *Door) certificateSheet(r *http.Request) (sheet.Sheet, error) {
	ctx := r.Context()
	dir, err := d.directory(r)
	if err != nil {
		return sheet.Sheet{}, err
	}
	var lines [][]any
	for _, l := range d.certificateLines(dir, id.ID{}) {
		lines = append(lines, []any{l.Login, l.Name, i18n.T(ctx, "admin.certificate."+l.Kind), l.Number, l.Issuer, l.From, l.To, i18n.T(ctx, "admin.certificate.state."+l.State)})
	}
	return held(ctx, "admin.certificates", []sheet.Head{{Word: "admin.login"}, {Word: "admin.name"}, {Word: "admin.certificate.kind"}, {Word: "admin.certificate.number", Width: 22},
		{Word: "admin.certificate.issuer", Width: 26}, {Word: "admin.from"}, {Word: "admin.to"}, {Word: "admin.state"}}, lines), nil
}

func certificateFields(r *http.Request) []form.Field {
	kinds := []form.Option{}
	for _, k := range people.CertificateKinds() {
		kinds = append(kinds, form.Option{Value: k, Label: words(r, "admin.certificate."+k)})
	}
	return []form.Field{
		{Name: "kind", Type: form.Enum, Label: words(r, "admin.certificate.kind"), Options: kinds, Required: true},
		{Name: "number", Type: form.Text, Label: words(r, "admin.certificate.number"), Required: true},
		{Name: "issuer", Type: form.Text, Label: words(r, "admin.certificate.issuer")},
		{Name: "valid_from", Type: form.Date, Label: words(r, "admin.from")},
		{Name: "valid_to", Type: form.Date, Label: words(r, "admin.to"), Help: words(r, "admin.certificate.same")},
	}
}

func (d *Door) addCertificate(w http.ResponseWriter, r *http.Request) error {
	return d.act(w, r, func(v *accountView) *form.Form { return &v.Held }, func(a people.Account, in form.Input) error {
		_, err := d.People.SaveCertificate(r.Context(), visit.From(r.Context()).Actor, people.Certificate{
			Account: a.ID, Kind: str(in, "kind"), Number: str(in, "number"), Issuer: str(in, "issuer"),
			Period: people.Period{From: day(in, "valid_from"), To: day(in, "valid_to")},
		})
		return err
	})
}

func (d *Door) revokeCertificate(w http.ResponseWriter, r *http.Request) error {
	_, a, err := d.one(r)
	if err != nil {
		return err
	}
	certificate, err := pathID(r, "certificate")
	if err != nil {
		return err
	}
	if err := d.People.RevokeCertificate(r.Context(), visit.From(r.Context()).Actor, certificate); err != nil {
		return err
	}
	return accept(w, r, "admin.certificate.ended", "/admin/people/"+a.ID.String())
}
