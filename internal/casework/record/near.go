package record

import (
	"context"
	"strings"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// nearMost bounds what one look around finds.
const nearMost = 1000

// Near lists the cases in the ranges of cells: open ones, and with a since
// those that ended after it, in no order. The ranges cover more than what they
// stand for, so the caller filters by distance.
func Near(ctx context.Context, q dbx.Querier, division id.ID, procedure string, in []geo.Range, since int64) (out []Row, err error) {
	defer fault.Trace(&err, "record.Near")
	if len(in) == 0 {
		return nil, nil
	}
	out, err = near(ctx, q, division, procedure, in, "terminal = FALSE")
	if err != nil || since == 0 {
		return out, err
	}
	ended, err := near(ctx, q, division, procedure, in, "terminal = TRUE AND entered >= ?", since)
	return append(out, ended...), err
}

func near(ctx context.Context, q dbx.Querier, division id.ID, procedure string, in []geo.Range, cond string, more ...any) ([]Row, error) {
	query, args := nearQuery(division, procedure, in, cond, more...)
	rows, err := q.Query(ctx, query, args...)
	return dbx.Collect(rows, err, scanRow)
}

// nearQuery joins a list of ranges: each of them is one look into the index.
// As alternatives of one condition they would lose against an index that only
// knows which cases are open.
func nearQuery(division id.ID, procedure string, in []geo.Range, cond string, more ...any) (string, []any) {
	w := &where{}
	var values []string
	for _, r := range in {
		w.args = append(w.args, r.From, r.To)
		n := len(w.args)
		values = append(values, "(CAST("+dbx.In(n-1, 1)+" AS BIGINT), CAST("+dbx.In(n, 1)+" AS BIGINT))")
	}
	w.add("division = ?", division)
	w.add(cond, more...)
	w.add("procedure = ?", procedure)
	w.args = append(w.args, nearMost)
	return `WITH span (a, b) AS (VALUES ` + strings.Join(values, ", ") + `) SELECT ` + rowColumns + ` FROM span CROSS JOIN cases
		WHERE cell BETWEEN span.a AND span.b AND ` + w.String() + ` LIMIT ` + dbx.In(len(w.args), 1), w.args
}
