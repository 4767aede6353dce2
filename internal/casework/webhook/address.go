package webhook

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"time"

	"xiucheng/internal/platform/fetch"
)

// lookupFor is how long a name may take to be found.
const lookupFor = 5 * time.Second

// refusal is the key of the sentence why an address is not taken, "" for a good
// one. Every address a name stands for must be public; the client looks again
// before each connection, since a name may be pointed elsewhere later.
func (s *Service) refusal(ctx context.Context, address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "" || u.User != nil || u.Fragment != "" || len(address) > 500:
		return "webhook.url"
	case u.Scheme != "https" && !(u.Scheme == "http" && s.reach.AllowLoopback):
		return "webhook.https"
	}
	found, err := hosts(ctx, u.Hostname())
	if err != nil {
		return "webhook.no_host"
	}
	for _, a := range found {
		numeric := url.URL{Scheme: u.Scheme, Host: net.JoinHostPort(a.Unmap().String(), port(u))}
		if err := fetch.Check(numeric.String(), s.reach); errors.Is(err, fetch.ErrPrivate) {
			return "webhook.private"
		} else if err != nil {
			return "webhook.url"
		}
	}
	return ""
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}

// hosts are the addresses of a name; one in numbers is its own.
func hosts(ctx context.Context, name string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(name); err == nil {
		return []netip.Addr{a}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookupFor)
	defer cancel()
	return net.DefaultResolver.LookupNetIP(ctx, "ip", name)
}
