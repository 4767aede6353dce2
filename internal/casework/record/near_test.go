package record

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

func TestWhatLiesNearIsLookedUpByCell(t *testing.T) {
	db := dbtest.SQLite(t, Migration)
	in := geo.Around(geo.Point{Lat: 36.7, Lng: 119.1}, 100)
	for _, ended := range []bool{false, true} {
		query, args := Around{Procedure: "p", In: in, Class: "06", OpenedFrom: 1, OpenedTo: 9, EndedSince: 5}.query(id.New(), rowColumns, ended)
		if text, err := explain(context.Background(), db, query, args); err != nil || !strings.Contains(text, "cases_cell (division=? AND terminal=? AND cell>? AND cell<?)") {
			t.Errorf("ended %t: %s %v", ended, text, err)
		}
	}
}

func TestWhatLiesNearIsFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx, d, here := context.Background(), id.New(), geo.Point{Lat: 36.7, Lng: 119.1}
		for i, at := range []geo.Point{here, geo.Offset(here, 50, 0), geo.Offset(here, 5000, 0), here, here} {
			k := &Case{Row: Row{Division: d, ID: id.New(), Procedure: "p", ProcVersion: 1, State: "s", Terminal: i >= 3, Entered: int64(i), Opened: int64(i), Due: NoDue, Tick: NoDue,
				Place: &procedure.Point{Lat: at.Lat, Lng: at.Lng}}, Raw: map[string]json.RawMessage{}}
			ev, err := Seal(&Body{Case: k.ID, Seq: 1, At: 1, Step: "s", To: "s"}, "", nil)
			if err != nil {
				t.Fatal(err)
			}
			k.Head, k.Version = ev.Hash, 1
			enc, err := k.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Write(ctx, func(tx *dbx.Tx) error { return Insert(ctx, tx, k, enc, ev) }); err != nil {
				t.Fatal(err)
			}
		}
		a := Around{Procedure: "p", In: geo.Around(here, 100)}
		for since, want := range map[int64]int{0: 2, 1: 4, 4: 3} {
			a.EndedSince = since
			list, err := Near(ctx, db, d, a)
			if err != nil || len(list) != want {
				t.Errorf("since %d: %d found, %v", since, len(list), err)
			}
		}
		if list, err := Near(ctx, db, d, Around{Procedure: "p", In: a.In, OpenedFrom: 1, OpenedTo: 1}); err != nil || len(list) != 1 || list[0].Opened != 1 {
			t.Errorf("opened then: %d found, %v", len(list), err)
		}
		for _, c := range []struct {
			class  string
			metres float64
			most   int
			want   []int64
		}{{"", 100, 5, []int64{0, 1}}, {"", 100, 1, []int64{0}}, {"", 20, 5, []int64{0}}, {"06", 100, 5, nil}} {
			a.Class = c.class
			list, err := Nearest(ctx, db, d, a, here, c.metres, c.most)
			var got []int64
			for _, r := range list {
				got = append(got, r.Opened)
			}
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("nearest of %+v: %v, %v", c, got, err)
			}
		}
	}, Migration)
}
