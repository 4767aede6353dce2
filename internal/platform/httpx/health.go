package httpx

import (
	"context"
	"net/http"
	"slices"
	"time"

	"xiucheng/internal/platform/fault"
)

// Check is one thing that must work before traffic may come.
type Check struct {
	Name string
	Do   func(context.Context) error
}

// Health returns /healthz (the process lives) and /readyz (every check passes
// within two seconds). The body names each check and whether it passed, never why not.
func Health(checks ...Check) []Route {
	return []Route{
		{Method: http.MethodGet, Pattern: "/healthz", Name: "health.live", Access: Public(), Bare: true,
			Handler: func(w http.ResponseWriter, _ *http.Request) error {
				return JSON(w, http.StatusOK, map[string]string{"status": "ok"})
			}},
		{Method: http.MethodGet, Pattern: "/readyz", Name: "health.ready", Access: Public(), Bare: true, Handler: ready(slices.Clone(checks))},
	}
}

func ready(checks []Check) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		state, status := map[string]string{}, http.StatusOK
		for _, c := range checks {
			state[c.Name] = "ok"
			if err := c.Do(ctx); err != nil {
				state[c.Name], status = "failing", http.StatusServiceUnavailable
				stateOf(r.Context()).err = fault.Wrap(err, fault.Unavailable, "fault.unavailable")
			}
		}
		return JSON(w, status, state)
	}
}
