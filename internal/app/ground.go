package app

import (
	"context"
	"path/filepath"

	"xiucheng/internal/doors/ground"
	"xiucheng/internal/ground/basemap"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// openGround makes ready what lies under the cases on every map.
func (a *App) openGround() (err error) {
	b := a.cfg.Basemap
	a.under, err = basemap.Open(basemap.Options{
		Kind: basemap.Kind(b.Kind), Source: b.Source, Key: b.Key, CRS: b.CRS, MaxZoom: b.MaxZoom,
		Cache: filepath.Join(a.cfg.Data, "basemap"), CacheMax: b.CacheMB << 20, Rate: float64(b.Rate),
		Clock: a.clk, Log: a.log, Area: a.area,
	})
	if err != nil {
		return err
	}
	a.maps = ground.New(a.places, a.under, a.clk)
	a.ground = a.maps.Ground(b.Credit, b.Approval)
	return nil
}

// around is how far beyond a division its maps go, in metres.
const around = 20_000

// area is what the maps of all divisions show.
func (a *App) area(ctx context.Context) (box geo.Box, err error) {
	seen := false
	err = a.everywhere(ctx, func(ctx context.Context, division id.ID) error {
		m, err := a.places.Map(ctx, division)
		if err != nil || m.Empty() {
			return err
		}
		b := m.Bounds().Grow(around)
		if seen {
			b = geo.Box{W: min(box.W, b.W), S: min(box.S, b.S), E: max(box.E, b.E), N: max(box.N, b.N)}
		}
		box, seen = b, true
		return nil
	})
	return box, err
}
