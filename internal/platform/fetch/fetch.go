package fetch

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"
)

// Options say how far a client may go. The zero value is the strictest.
type Options struct {
	AllowLoopback bool          // this machine as well, on any port: for tests and for trying things out
	Timeout       time.Duration // of a whole exchange with all its redirects; 10 s when 0
	MaxBytes      int64         // of an answer's body, after which reading gives ErrTooLarge; 1 MiB when 0
}

// The ways in which an exchange is refused by us rather than by the other side.
var (
	ErrPrivate  = errors.New("the address is in a private network or on a port other than 80 and 443")
	ErrScheme   = errors.New("the address is not http or https")
	ErrTooLarge = errors.New("the answer is larger than allowed")
)

const maxRedirects = 3

// NewClient returns a client whose every connection is checked after the name
// was resolved and before a byte is sent: addresses of the IANA special-purpose
// registries (loopback, private, link-local, shared, multicast, …) give
// ErrPrivate. Redirects are followed three times and checked alike; proxies of
// the environment are not used, because they would dial for us unchecked.
func NewClient(o Options) *http.Client {
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = 1 << 20
	}
	return &http.Client{
		Timeout:       o.Timeout,
		CheckRedirect: redirect,
		Transport: &limited{max: o.MaxBytes, next: &http.Transport{
			DialContext:         (&net.Dialer{Timeout: o.Timeout, Control: guard(o)}).DialContext,
			TLSHandshakeTimeout: o.Timeout,
			MaxIdleConns:        16,
			IdleConnTimeout:     30 * time.Second,
			ForceAttemptHTTP2:   true,
		}},
	}
}

// Check refuses an address that NewClient would never reach, as far as the text
// alone can tell: no http or https, no host, or a private address in numbers.
func Check(address string, o Options) error {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return ErrScheme
	}
	ip, err := netip.ParseAddr(u.Hostname())
	if err != nil {
		return nil
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return control(o)("tcp", net.JoinHostPort(ip.Unmap().String(), port))
}

// redirect gives up after maxRedirects and never leaves http and https.
func redirect(r *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return errors.New("too many redirects")
	}
	if r.URL.Scheme != "http" && r.URL.Scheme != "https" {
		return ErrScheme
	}
	return nil
}

// limited cuts answers off at max bytes.
type limited struct {
	max  int64
	next http.RoundTripper
}

// RoundTrip sends the request and puts a limit on the answer's body.
func (l *limited) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "http" && r.URL.Scheme != "https" {
		return nil, ErrScheme
	}
	answer, err := l.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = &body{ReadCloser: answer.Body, left: l.max}
	return answer, nil
}

type body struct {
	io.ReadCloser
	left int64
}

// Read gives ErrTooLarge instead of the first byte beyond the limit.
func (b *body) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if int64(n) > b.left {
		n, err = int(b.left), ErrTooLarge
	}
	b.left -= int64(n)
	return n, err
}
