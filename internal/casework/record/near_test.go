package record

import (
	"context"
	"encoding/json"
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
	for _, cond := range []string{"terminal = FALSE", "terminal = TRUE AND entered >= $3"} {
		var more []any
		if strings.Contains(cond, "$") {
			more = []any{5}
		}
		query, args := nearQuery(id.New(), "p", in, cond, more...)
		if text, err := explain(context.Background(), db, query, args); err != nil || !strings.Contains(text, "cases_cell (division=? AND terminal=? AND cell>? AND cell<?)") {
			t.Errorf("%s: %s %v", cond, text, err)
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
		for since, want := range map[int64]int{0: 2, 1: 4, 4: 3} {
			list, err := Near(ctx, db, d, "p", geo.Around(here, 100), since)
			if err != nil || len(list) != want {
				t.Errorf("since %d: %d found, %v", since, len(list), err)
			}
		}
	}, Migration)
}
