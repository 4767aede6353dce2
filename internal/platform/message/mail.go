package message

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"
)

// Post sends e-mail through an SMTP server.
type Post struct {
	host string
	from string
	opts []mail.Option
}

// mailTimeout is how long the server may take for one step.
const mailTimeout = 20 * time.Second

// NewPost reads where mail goes: smtp://user:password@host:587 with STARTTLS,
// smtps://… with TLS from the start, smtp+plain://host:25 without any, which
// only a machine in the same room should be asked for. from is the sender's
// address, with or without a name.
func NewPost(address, from string) (*Post, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("want smtp://user:password@host:port, smtps:// or smtp+plain://")
	}
	p := &Post{host: u.Hostname(), from: from, opts: []mail.Option{mail.WithTimeout(mailTimeout)}}
	port := map[string]int{"smtp": 587, "smtps": 465, "smtp+plain": 25}[u.Scheme]
	if s := u.Port(); s != "" {
		if port, err = strconv.Atoi(s); err != nil {
			return nil, err
		}
	}
	switch u.Scheme {
	case "smtp":
		p.opts = append(p.opts, mail.WithTLSPolicy(mail.TLSMandatory))
	case "smtps":
		p.opts = append(p.opts, mail.WithSSL())
	case "smtp+plain":
		p.opts = append(p.opts, mail.WithTLSPolicy(mail.NoTLS))
	default:
		return nil, fmt.Errorf("%s is not smtp, smtps or smtp+plain", u.Scheme)
	}
	p.opts = append(p.opts, mail.WithPort(port), mail.WithTLSConfig(&tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}))
	if u.User != nil {
		password, _ := u.User.Password()
		p.opts = append(p.opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(u.User.Username()), mail.WithPassword(password))
	}
	if err := mail.NewMsg().From(from); err != nil {
		return nil, fmt.Errorf("the sender %q: %w", from, err)
	}
	return p, nil
}

// Send hands one letter to the server. Addresses that are none, and answers of
// 5xx, will not change.
func (p *Post) Send(ctx context.Context, l Letter) error {
	m := mail.NewMsg()
	if err := errors.Join(m.From(p.from), m.To(l.To)); err != nil {
		return errors.Join(ErrNever, err)
	}
	m.Subject(l.Subject)
	m.SetMessageIDWithValue(l.ID.String() + "@" + p.host)
	m.SetGenHeader(mail.HeaderContentLang, string(l.Lang))
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no answers by machines
	m.SetBodyString(mail.TypeTextPlain, l.Text+"\r\n")
	c, err := mail.NewClient(p.host, p.opts...)
	if err != nil {
		return err
	}
	err = c.DialAndSendWithContext(ctx, m)
	var refused *mail.SendError
	if errors.As(err, &refused) && !refused.IsTemp() && refused.ErrorCode() >= 500 {
		return errors.Join(ErrNever, err)
	}
	return err
}
