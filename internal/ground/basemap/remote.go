package basemap

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/geo"
)

// Limits towards a map service.
const (
	answerTime = 8 * time.Second
	queueTime  = 3 * time.Second  // how long a tile waits for its turn
	restTime   = 20 * time.Second // after a failure nothing is asked
	freshTime  = 30 * 24 * time.Hour
	maxTile    = 2 << 20
	atOnce     = 8
)

// line is the way to a map service, which all its layers share.
type line struct {
	client *http.Client
	clk    clock.Clock
	log    *slog.Logger
	turn   *rate.Limiter
	slots  chan struct{}

	mu     sync.Mutex
	rests  time.Time // until then the service is left alone
	failed bool
	flying map[string]*flight
}

// flight is a request that several wait for.
type flight struct {
	done chan struct{}
	body []byte
	err  error
}

func newLine(o Options) *line {
	return &line{
		// A redirect is not followed: it would carry the key elsewhere.
		client: &http.Client{Timeout: answerTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		clk:    o.Clock, log: o.Log, turn: rate.NewLimiter(rate.Limit(o.Rate), max(1, int(3*o.Rate))),
		slots: make(chan struct{}, atOnce), flying: map[string]*flight{},
	}
}

// remote is one layer of a map service.
type remote struct {
	template, key, layer string
	grid                 grid
	kept                 *store
	line                 *line
	area                 func(context.Context) (geo.Box, error)
}

// tile gives a kept tile, or asks the service for it. Where the service does not
// answer, a tile that was kept too long is better than none.
func (r *remote) tile(ctx context.Context, at address) ([]byte, error) {
	name := path.Join(r.layer, strconv.Itoa(at.z), strconv.Itoa(at.x), strconv.Itoa(at.y))
	old, ok := r.kept.get(name)
	if ok && r.line.clk.Now().Sub(old.at) < freshTime {
		return some(old.body), nil
	}
	if r.area != nil {
		box, err := r.area(ctx)
		if err != nil {
			return nil, err
		}
		if box.W < box.E && !box.Meets(r.grid.box(at)) {
			return nil, nil
		}
	}
	body, err := r.line.once(ctx, name, func(ctx context.Context) ([]byte, error) {
		// another may have fetched and kept it between our look and our turn
		if kept, ok := r.kept.get(name); ok && r.line.clk.Now().Sub(kept.at) < freshTime {
			return kept.body, nil
		}
		b, err := r.line.ask(ctx, r.address(at))
		if err == nil {
			if kept := r.kept.put(name, b, r.line.clk.Now()); kept != nil {
				r.line.log.Warn("a tile of the base map cannot be kept", "err", kept)
			}
		}
		return b, err
	})
	if err != nil && ok {
		return some(old.body), nil
	}
	return some(body), err
}

// some makes no bytes nil, which is no tile.
func some(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}

// Close lets go of idle connections.
func (r *remote) Close() error {
	r.line.client.CloseIdleConnections()
	return nil
}

// address is where the tile is asked for.
func (r *remote) address(at address) string {
	return strings.NewReplacer(
		"{z}", strconv.Itoa(at.z), "{x}", strconv.Itoa(at.x), "{y}", strconv.Itoa(at.y),
		"{s}", strconv.Itoa((at.x+at.y)%8), "{key}", url.QueryEscape(r.key),
	).Replace(r.template)
}

// once does something for the first who asks; whoever asks meanwhile shares the
// answer. It is done to its end even if the first one leaves.
func (l *line) once(ctx context.Context, name string, do func(context.Context) ([]byte, error)) ([]byte, error) {
	l.mu.Lock()
	f := l.flying[name]
	if f == nil {
		f = &flight{done: make(chan struct{})}
		l.flying[name] = f
		go func() {
			f.body, f.err = do(context.WithoutCancel(ctx))
			l.mu.Lock()
			delete(l.flying, name)
			l.mu.Unlock()
			close(f.done)
		}()
	}
	l.mu.Unlock()
	select {
	case <-f.done:
		return f.body, f.err
	case <-ctx.Done():
		return nil, ErrUnreachable
	}
}

// ask gets one tile; nil where the service has none. Whatever goes wrong is
// ErrUnreachable, and the service is left alone for a while.
func (l *line) ask(ctx context.Context, address string) ([]byte, error) {
	l.mu.Lock()
	resting := l.clk.Now().Before(l.rests)
	l.mu.Unlock()
	if resting {
		return nil, ErrUnreachable
	}
	wait, stop := context.WithTimeout(ctx, queueTime)
	defer stop()
	if l.turn.Wait(wait) != nil {
		return nil, ErrUnreachable // our own limit, not a failure of theirs
	}
	select {
	case l.slots <- struct{}{}:
		defer func() { <-l.slots }()
	case <-wait.Done():
		return nil, ErrUnreachable
	}
	body, err := l.get(ctx, address)
	l.heard(address, err)
	if err != nil {
		return nil, ErrUnreachable
	}
	return body, nil
}

// get is the exchange itself. Its errors name neither address nor key.
func (l *line) get(ctx context.Context, address string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, errors.New("the address cannot be asked")
	}
	req.Header.Set("User-Agent", "xiucheng")
	resp, err := l.client.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // u itself holds the whole address
		}
		return nil, err
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusNoContent, http.StatusNotFound:
		return nil, nil
	default:
		return nil, fmt.Errorf("it answered %d", resp.StatusCode)
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxTile+1))
	switch {
	case err != nil:
		return nil, errors.New("the answer broke off")
	case len(b) > maxTile:
		return nil, errors.New("the answer is too large")
	case !pictured(b):
		return nil, errors.New("the answer is not a picture")
	}
	return b, nil
}

// heard notes how an exchange went. The log says when the service fails and
// when it is back, not every tile.
func (l *line) heard(address string, err error) {
	host := ""
	if u, bad := url.Parse(address); bad == nil {
		host = u.Host
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err != nil:
		l.rests = l.clk.Now().Add(restTime)
		if !l.failed {
			l.log.Warn("the base map is not reachable", "host", host, "why", err.Error())
		}
	case l.failed:
		l.log.Info("the base map is reachable again", "host", host)
	}
	l.failed = err != nil
}
