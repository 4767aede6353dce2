package record

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// NextNumber takes the next number of a series in a period, from 1, by locking
// its row: a number whose transaction is undone is given again.
func NextNumber(ctx context.Context, tx *dbx.Tx, division id.ID, series, period string) (n int64, err error) {
	defer fault.Trace(&err, "record.NextNumber(%s)", series)
	err = tx.QueryRow(ctx, `INSERT INTO number_series (division, series, period, next) VALUES ($1, $2, $3, 2)
		ON CONFLICT (division, series, period) DO UPDATE SET next = number_series.next + 1 RETURNING next - 1`, division, series, period).Scan(&n)
	return n, err
}

// Number takes the next number and writes it in the shape: {division} is the
// division's code, {date} the local day, {year} its year, {serial5} a running
// number of five digits that begins anew each day (each year without {date}).
func Number(ctx context.Context, tx *dbx.Tx, division id.ID, series, shape, code string, local time.Time) (string, error) {
	period := local.Format("2006")
	if strings.Contains(shape, "{date}") {
		period = local.Format("20060102")
	}
	n, err := NextNumber(ctx, tx, division, series, period)
	if err != nil {
		return "", err
	}
	part := regexp.MustCompile(`\{(division|date|year|serial)(\d*)\}`)
	return part.ReplaceAllStringFunc(shape, func(m string) string {
		switch p := part.FindStringSubmatch(m); p[1] {
		case "division":
			return code
		case "date":
			return local.Format("20060102")
		case "year":
			return local.Format("2006")
		default:
			width, _ := strconv.Atoi(p[2])
			return fmt.Sprintf("%0*d", width, n)
		}
	}), nil
}

// ContinueNumbers makes n the next number of a series in a period. A number
// that was given is never given again: a smaller n is Invalid.
func ContinueNumbers(ctx context.Context, tx *dbx.Tx, division id.ID, series, period string, n int64) (err error) {
	defer fault.Trace(&err, "record.ContinueNumbers(%s, %s)", series, period)
	changed, err := tx.Exec(ctx, `INSERT INTO number_series (division, series, period, next) VALUES ($1, $2, $3, $4)
		ON CONFLICT (division, series, period) DO UPDATE SET next = $4 WHERE number_series.next <= $4`, division, series, period, n)
	if err == nil && (changed == 0 || n < 1) {
		return fault.New(fault.Invalid, "record.number_back", "n", n)
	}
	return err
}
