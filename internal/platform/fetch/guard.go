package fetch

import (
	"fmt"
	"net/netip"
	"syscall"

	"code.dny.dev/ssrf"
)

// guard is the dialer's last word before a connection, when the name is an address.
func guard(o Options) func(network, address string, _ syscall.RawConn) error {
	check := control(o)
	return func(network, address string, _ syscall.RawConn) error { return check(network, address) }
}

// control says whether a resolved host:port may be dialled.
func control(o Options) func(network, address string) error {
	public := ssrf.New(ssrf.WithAnyNetwork())
	return func(network, address string) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("%w: %s", ErrPrivate, address)
		}
		if o.AllowLoopback && to.Addr().Unmap().IsLoopback() {
			return nil
		}
		if err := public.Safe(network, address, nil); err != nil {
			return fmt.Errorf("%w: %w", ErrPrivate, err)
		}
		return nil
	}
}
