package field

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"xiucheng/internal/platform/i18n"
)

// mostRows bounds a field of rows: a list of seized goods, a plan of payments.
const mostRows = 200

// badRow finds the first row that is not what the columns say: its number from
// 1, what is wrong and in which column; key is "" when all are good.
func (f *Field) badRow(rows []map[string]string) (n int, key string, column i18n.Text) {
	for i, row := range rows {
		known := 0
		for j := range f.Columns {
			c := &f.Columns[j]
			v, given := row[c.Name]
			if given {
				known++
			}
			switch {
			case strings.TrimSpace(v) == "" && c.Required:
				return i + 1, "procedure.field.row_required", c.Label
			case v != "" && !c.takes(v):
				return i + 1, "procedure.field.row_unreadable", c.Label
			}
		}
		if known < len(row) {
			return i + 1, "procedure.field.row_unreadable", f.Label
		}
	}
	return 0, "", i18n.Text{}
}

// takes reports whether the text is a value of the column: numbers in decimal,
// money in fen, dates as 2026-10-08.
func (c *Column) takes(v string) bool {
	switch c.Type {
	case Int, Money:
		n, err := strconv.ParseInt(v, 10, 64)
		return err == nil && strconv.FormatInt(n, 10) == v && (c.Type == Int || n >= 0)
	case Date:
		_, err := time.Parse(time.DateOnly, v)
		return err == nil
	case Enum:
		return slices.ContainsFunc(c.Options, func(o Option) bool { return o.Value == v })
	}
	return utf8.ValidString(v) && !strings.ContainsRune(v, 0) && utf8.RuneCountInString(v) <= 1_000
}
