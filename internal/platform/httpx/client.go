package httpx

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Client is the visitor's address; invalid when unknown.
func Client(r *http.Request) netip.Addr { return stateOf(r.Context()).client }

// ClientKey names the visitor for rate limits: the address, and of IPv6 the
// /64 network, since one household or phone owns that many addresses.
func ClientKey(r *http.Request) string {
	a := Client(r)
	if a.Is6() {
		p, err := a.Prefix(64)
		if err == nil {
			return p.String()
		}
	}
	return a.String()
}

// clientOf reads the address of the connection, or, where the connection comes
// from a trusted proxy, the last address in X-Forwarded-For that is not one.
func clientOf(r *http.Request, proxies []netip.Prefix) netip.Addr {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := ap.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !trusted(addr, proxies) {
			return addr
		}
		next, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			return addr
		}
		addr = next.Unmap()
	}
	return addr
}

func trusted(a netip.Addr, proxies []netip.Prefix) bool {
	return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

// network cuts an address to /24 or /48: enough to see an attack in the log,
// too little to name a household.
func network(a netip.Addr) string {
	bits := 24
	if a.Is6() {
		bits = 48
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}
