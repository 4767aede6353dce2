package assign

import (
	"time"

	"xiucheng/internal/platform/geo"
)

// Offer is a stall for a vendor who was met on the street.
type Offer struct {
	Stall  string
	Band   string
	Metres int
	Closes time.Time
}

// Nearest is the nearest stall that is open at the instant, free and allowed
// for the need; of equally near ones the one with the lowest ID. False when
// there is none. The instant is read in its own zone: give the division's.
func Nearest(stalls []Stall, from geo.Point, need Need, now time.Time) (best Offer, ok bool) {
	for i := range stalls {
		s := &stalls[i]
		for _, h := range s.Hours {
			closes, open := h.closes(now)
			if !open || s.broken(need, h.Band) != nil {
				continue
			}
			d := metres(from, s.At)
			if !ok || d < best.Metres || d == best.Metres && s.ID < best.Stall {
				best, ok = Offer{s.ID, h.Band, d, closes}, true
			}
		}
	}
	return best, ok
}
