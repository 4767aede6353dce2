package permit_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/library"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/permit"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

var ctx = context.Background()

// spot is where the stalls of the tests lie.
var spot = procedure.Point{Lat: 36.76, Lng: 119.1}

const (
	clusters = `code,name,address,lng,lat,outline,manager,zone,capacity,rules,closing,cleaning,provenance
C01,演示摊点群 01,演示一路,119.1,36.76,119.1 36.76; 119.101 36.76; 119.101 36.761,JD1,permanent,4,不超线；不搭建,扫净,摊主,synthetic
C02,演示摊点群 02,演示二路,119.1,36.76,119.1 36.76; 119.101 36.76; 119.101 36.761,JD1,permanent,1,不超线；不搭建,扫净,摊主,synthetic
`
	designations = `cluster,number,title,agency,from,to,hours,goods,provenance
C01,示1号,公告,演示,2026-03-01,2030-12-31,evening 01-01..12-31 1-7 17:00-21:00,snack daily toys,synthetic
C02,示2号,公告,演示,2026-03-01,2030-12-31,morning 01-01..12-31 1-7 06:00-09:00,snack daily,synthetic
`
	stalls = `code,cluster,lng,lat,width,depth,power_w,goods,state,provenance
C01-01,C01,119.1,36.76,200,150,0,,open,synthetic
C01-02,C01,119.1,36.76,200,150,0,,open,synthetic
C01-03,C01,119.1,36.76,200,150,0,toys,open,synthetic
C01-04,C01,119.1,36.76,200,150,2000,,open,synthetic
C02-01,C02,119.1,36.76,200,150,0,,open,synthetic
`
)

var shipped = sync.OnceValues(func() (out []*procedure.Procedure, err error) {
	for _, name := range []string{"stall-permit", "stall-points"} {
		src, err := os.ReadFile("../../../../packs/cn-base/procedures/" + name + ".yaml")
		if err != nil {
			return nil, err
		}
		p, err := procedure.Load(name+".yaml", src, procedure.World{})
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	if bad := library.CheckCases(out...); len(bad) > 0 {
		return nil, bad
	}
	return out, nil
})

// street is a small city with stall clusters.
type street struct {
	*enginetest.World
	t    testing.TB
	room *permit.Room
	reg  *register.Service
	n    int // persons so far
}

func each(t *testing.T, test func(s *street)) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) { test(newStreet(t, db)) },
		append(enginetest.Migrations(), register.Migration, cluster.Migration, permit.Migration)...)
}

func newStreet(t testing.TB, db *dbx.DB) *street {
	t.Helper()
	procs, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	s := &street{t: t}
	books := cluster.New(cluster.Deps{DB: db})
	s.room = permit.New(permit.Deps{DB: db, Book: books.Book, Settings: func(context.Context, id.ID) (*pack.Settings, error) { return pack.NewSettings(nil), nil }})
	s.World = enginetest.New(t, db, s.room.Hooks(), procs...)
	s.reg = register.New(db, s.Clock)
	for _, f := range []struct {
		kind register.Kind
		body string
	}{{cluster.Clusters, clusters}, {cluster.Designations, designations}, {cluster.Stalls, stalls}} {
		s.bring(f.kind, f.body)
	}
	return s
}

func (s *street) bring(kind register.Kind, body string) {
	s.t.Helper()
	if _, err := s.reg.Apply(ctx, s.System(), "test", kind, register.File{Name: "x.csv", Body: []byte(body)}, false); err != nil {
		s.t.Fatal(kind.ID, err)
	}
}

// identity is the n-th made-up number with its check digit (GB 11643).
func identity(n int, year string) string {
	body := fmt.Sprintf("370705%s01%02d%03d", year, 1+n%28, 100+n)
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(body[i]-'0')
	}
	return body + string("10X98765432"[sum%11])
}

type input = procedure.Input

// vendor is a case with the code of its vendor.
type vendor struct {
	id      id.ID
	receipt string
}

func (s *street) form(more input) input {
	s.n++
	in := input{"name": "演示摊主", "id_no": identity(s.n, "1980"), "phone": "13800000000", "goods": []string{"daily"}, "clusters": []string{"C01"}, "hours": "evening"}
	for k, v := range more {
		in[k] = v
	}
	return in
}

func (s *street) tryApply(more input) (vendor, error) {
	r, err := s.Engine.Open(ctx, engine.Opening{Procedure: permit.Procedure, Division: s.Division, Step: "apply", Actor: s.Citizen(""), Input: s.form(more)})
	return vendor{r.Case, r.Receipt}, err
}

func (s *street) apply(more input) vendor {
	s.t.Helper()
	v, err := s.tryApply(more)
	if err != nil {
		s.t.Fatalf("apply: %v", err)
	}
	return v
}

func (s *street) try(who people.Actor, c id.ID, step string, in input, files ...engine.Upload) error {
	_, err := s.Engine.Act(ctx, engine.Act{Case: c, Step: step, Actor: who, Input: in, Files: files})
	return err
}

func (s *street) do(who people.Actor, c id.ID, step string, in input, files ...engine.Upload) {
	s.t.Helper()
	if err := s.try(who, c, step, in, files...); err != nil {
		s.t.Fatalf("%s: %v %v", step, err, fault.As(err).Args["text"])
	}
}

func (s *street) clerk() people.Actor              { return s.Staff("stall_clerk", "", 0) }
func (s *street) head() people.Actor               { return s.Staff("stall_head", "", 0) }
func (s *street) manager() people.Actor            { return s.Staff("stall_manager", "", 0) }
func (s *street) leader() people.Actor             { return s.Staff("leader", "", 0) }
func (s *street) self(v vendor) people.Actor       { return s.Citizen(v.receipt) }
func (s *street) photo(field string) engine.Upload { return s.Photo(field, spot) }

func (s *street) state(c id.ID, want string) *engine.Snapshot {
	s.t.Helper()
	x, err := s.Engine.Find(ctx, s.Division, c)
	if err != nil {
		s.t.Fatal(err)
	}
	if x.State != want {
		s.t.Fatalf("in %s, not %s", x.State, want)
	}
	return x
}

// public is what the vendor reads.
func (s *street) public(v vendor) i18n.Text {
	s.t.Helper()
	x, err := s.Engine.Find(ctx, s.Division, v.id)
	if err != nil {
		s.t.Fatal(err)
	}
	t, err := s.Engine.PublicWords(ctx, x, v.receipt)
	if err != nil {
		s.t.Fatal(err)
	}
	return t
}

// refused asserts a code, with its sentence whole in both languages.
func (s *street) refused(err error, code string) {
	s.t.Helper()
	f := fault.As(err)
	if err == nil || f.Key != code {
		s.t.Fatalf("not refused by %s: %v", code, err)
	}
	said, ok := f.Args["text"].(i18n.Text)
	if !ok || said.ZH == "" || said.EN == "" || said.ZH == code || strings.Contains(said.ZH+said.EN, "{") {
		s.t.Errorf("%s says %+v", code, said)
	}
}

// checking brings an application to where it is decided.
func (s *street) checking(more input, proposal input) vendor {
	s.t.Helper()
	v := s.apply(more)
	s.do(s.clerk(), v.id, "receive", nil)
	in := input{"ok": true, "opinion": "现场核查符合"}
	for k, x := range proposal {
		in[k] = x
	}
	s.do(s.clerk(), v.id, "propose", in)
	return v
}

// waiting brings an application to the waiting list.
func (s *street) waiting(more input) vendor {
	s.t.Helper()
	v := s.checking(more, input{"hardship": true})
	s.do(s.head(), v.id, "check", input{"ok": true})
	s.state(v.id, "waiting")
	return v
}

func (s *street) offer(v vendor, stall, rule string) error {
	return s.try(s.head(), v.id, "offer", input{"stall": stall, "rule": rule, "why": "按规则分配"})
}

// active brings a vendor to the stall.
func (s *street) active(stall string, more input) vendor {
	s.t.Helper()
	v := s.waiting(more)
	if err := s.offer(v, stall, "batch"); err != nil {
		s.t.Fatal(err, fault.As(err).Args)
	}
	s.take(v)
	return v
}

func (s *street) take(v vendor) {
	s.t.Helper()
	s.do(s.self(v), v.id, "take_place", input{"pledge": "演示摊主"}, s.photo("photo"))
	s.state(v.id, "active")
}

// pass lets time go by and clocks act.
func (s *street) pass(d time.Duration) {
	s.t.Helper()
	s.Clock.Advance(d)
	for range 20 {
		n, err := s.Engine.Tick(ctx)
		if err != nil {
			s.t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

const days = 24 * time.Hour

// note records points of a vendor.
func (s *street) note(v vendor, act string, more input) (id.ID, error) {
	in := input{"act": act, "kind": "points", "at": s.Clock.Now(), "explained_to": true}
	for k, x := range more {
		in[k] = x
	}
	r, err := s.Engine.Open(ctx, engine.Opening{Procedure: permit.Points, Division: s.Division, Step: "note", Actor: s.manager(), Input: in, Parent: v.id,
		Files: []engine.Upload{s.photo("photo")}})
	return r.Case, err
}

func (s *street) noted(v vendor, act string) id.ID {
	s.t.Helper()
	c, err := s.note(v, act, nil)
	if err != nil {
		s.t.Fatal(err, fault.As(err).Args)
	}
	return c
}

func (s *street) balance(v vendor) int64 {
	s.t.Helper()
	n, err := s.room.Balance(ctx, s.DB, s.Division, v.id, s.Clock.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// speaker is the vendor in a record of points: the person taken along.
func (s *street) speaker(c id.ID) people.Actor {
	s.t.Helper()
	p, err := permit.PartyOf(ctx, s.DB, s.Division, c)
	if err != nil {
		s.t.Fatal(err)
	}
	return people.SpokenFor(s.Division, p.ID, "")
}
