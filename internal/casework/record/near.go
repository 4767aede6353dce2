package record

import (
	"context"
	"strconv"
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
	ended, err := near(ctx, q, division, procedure, in, "terminal = TRUE AND entered >= $3", since)
	return append(out, ended...), err
}

func near(ctx context.Context, q dbx.Querier, division id.ID, procedure string, in []geo.Range, cond string, more ...any) ([]Row, error) {
	query, args := nearQuery(division, procedure, in, cond, more...)
	rows, err := q.Query(ctx, query, args...)
	return dbx.Collect(rows, err, scanRow)
}

// nearQuery looks each range up by itself. As alternatives of one condition they
// lose on SQLite against an index that only knows which cases are open; as a
// table to be joined, on PostgreSQL.
func nearQuery(division id.ID, procedure string, in []geo.Range, cond string, more ...any) (string, []any) {
	args := append([]any{division, procedure}, more...)
	var parts []string
	for _, r := range in {
		args = append(args, r.From, r.To)
		n := len(args)
		parts = append(parts, `SELECT `+rowColumns+` FROM cases WHERE division = $1 AND procedure = $2 AND `+cond+
			` AND cell BETWEEN `+dbx.In(n-1, 1)+` AND `+dbx.In(n, 1))
	}
	return strings.Join(parts, " UNION ALL ") + ` LIMIT ` + strconv.Itoa(nearMost), args
}
