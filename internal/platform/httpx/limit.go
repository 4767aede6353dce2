package httpx

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"xiucheng/internal/platform/clock"
)

// Rate allows Burst calls at once and then one per Every. The zero Rate does
// not limit.
type Rate struct {
	Every time.Duration
	Burst int
}

// keys is how many visitors a Limiter remembers: the longest unseen one is
// forgotten first, so memory stays bounded (about 1 MB) in a flood.
const keys = 8192

// Limiter counts calls per key. A nil Limiter allows everything.
type Limiter struct {
	rate  Rate
	clock clock.Clock
	seen  *lru.Cache[string, *rate.Limiter]
}

// NewLimiter returns a Limiter for a route or for other keys, for example one per
// account name; nil for the zero Rate.
func NewLimiter(r Rate, c clock.Clock) *Limiter {
	if r.Every <= 0 {
		return nil
	}
	r.Burst = max(r.Burst, 1)
	cache, err := lru.New[string, *rate.Limiter](keys)
	if err != nil { // only for a size below one
		return nil
	}
	return &Limiter{rate: r, clock: c, seen: cache}
}

// Take counts one call of key. It returns 0 when the call is allowed, else how
// long to wait.
func (l *Limiter) Take(key string) time.Duration {
	if l == nil {
		return 0
	}
	bucket := rate.NewLimiter(rate.Every(l.rate.Every), l.rate.Burst)
	if known, ok, _ := l.seen.PeekOrAdd(key, bucket); ok {
		bucket = known
		l.seen.Get(key)
	}
	now := l.clock.Now()
	res := bucket.ReserveN(now, 1)
	if wait := res.DelayFrom(now); wait > 0 {
		res.CancelAt(now)
		return wait
	}
	return 0
}
