package session_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/session"
)

func TestASessionLivesItsTimeAndNoLonger(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx := context.Background()
		clk := clock.At(time.Date(2026, 9, 20, 8, 0, 0, 0, time.UTC))
		s := session.New(db, clk, 30*time.Minute, 12*time.Hour, true)
		alice, mallory, division := id.New(), id.New(), id.New()
		in := func() *http.Request {
			w := httptest.NewRecorder()
			if err := s.Create(ctx, w, alice, division, "127.0.0.1", "a browser \xff\x00"); err != nil {
				t.Fatal(err)
			}
			c := w.Result().Cookies()[0]
			if !c.HttpOnly || !c.Secure || c.Name != "__Host-session" || c.SameSite != http.SameSiteLaxMode {
				t.Fatalf("weak cookie %+v", c)
			}
			r := httptest.NewRequest("GET", "/", nil)
			r.AddCookie(c)
			return r
		}
		r := in()
		for range 20 { // a request every 25 minutes keeps it alive
			clk.Advance(25 * time.Minute)
			got, err := s.Find(ctx, r)
			if err != nil || got.Account != alice || got.Division != division {
				t.Fatalf("%+v, %v", got, err)
			}
		}
		clk.Advance(31 * time.Minute)
		mustBeOut(t, s, r, "after being idle")
		r = in()
		for range 30 {
			clk.Advance(25 * time.Minute)
			_, _ = s.Find(ctx, r)
		}
		mustBeOut(t, s, r, "past its longest life")

		r, other := in(), in()
		mine, err := s.Find(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.End(ctx, mallory, mine.ID); !fault.Is(err, fault.NotFound) {
			t.Fatalf("another account ended it: %v", err)
		}
		if err := s.EndAll(ctx, alice, mine.ID); err != nil {
			t.Fatal(err)
		}
		mustBeOut(t, s, other, "after all others were ended")
		if list, err := s.List(ctx, alice); err != nil || len(list) != 1 || list[0].Agent != "a browser ??" {
			t.Fatalf("%+v, %v", list, err)
		}
		if err := s.End(ctx, alice, mine.ID); err != nil {
			t.Fatal(err)
		}
		mustBeOut(t, s, r, "after it was ended")
	}, session.Migration)
}

func mustBeOut(t *testing.T, s *session.Store, r *http.Request, when string) {
	t.Helper()
	if got, err := s.Find(context.Background(), r); !fault.Is(err, fault.Unauthenticated) {
		t.Fatalf("%s: %+v, %v", when, got, err)
	}
}

func TestSweepKeepsOnlyTheLiving(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx := context.Background()
		clk := clock.At(time.Date(2026, 9, 20, 8, 0, 0, 0, time.UTC))
		s := session.New(db, clk, time.Hour, 2*time.Hour, false)
		for range 3 {
			if err := s.Create(ctx, httptest.NewRecorder(), id.New(), id.New(), "", ""); err != nil {
				t.Fatal(err)
			}
			clk.Advance(90 * time.Minute)
		}
		if err := s.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := db.QueryRow(ctx, `SELECT count(*) FROM session`).Scan(&n); err != nil || n != 1 {
			t.Fatalf("%d sessions remain, %v", n, err)
		}
	}, session.Migration)
}
