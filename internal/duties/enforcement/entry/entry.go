// Package entry counts how often inspections entered a business, which the
// yearly caps of 涉企行政检查 limit: for the inspection that is planned next, and
// for joint operations, whose checks count against the same cap.
package entry

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/id"
)

// Inspection is the procedure of an administrative inspection 行政检查.
const Inspection = "enf.inspect"

// Count is how many inspections, but the one named own, entered one of the
// parties between two instants. One planned in the year before may enter in this
// one.
func Count(ctx context.Context, q dbx.Querier, division, own id.ID, parties []string, from, to time.Time) (n int, err error) {
	f := record.Filter{Procedures: []string{Inspection}, Sort: record.ByOpened, OpenedFrom: clock.Micro(from.AddDate(-1, 0, 0)), Limit: 500}
	for {
		page, err := record.List(ctx, q, division, f)
		if err != nil {
			return 0, err
		}
		cases := make([]id.ID, len(page.Rows))
		for i, r := range page.Rows {
			cases[i] = r.ID
		}
		err = record.Data(ctx, q, division, cases, func(one id.ID, data map[string]json.RawMessage) error {
			var of string
			var at int64
			if one == own || json.Unmarshal(data["party_ref"], &of) != nil || !slices.Contains(parties, of) || data["entered_at"] == nil {
				return nil
			}
			err := json.Unmarshal(data["entered_at"], &at)
			if err == nil && at >= clock.Micro(from) && at < clock.Micro(to) {
				n++
			}
			return err
		})
		if f.After = page.Next; err != nil || page.Next == "" {
			return n, err
		}
	}
}
