package form

import (
	"context"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

// How many empty rows a table begins with, and how many more one press gives.
const (
	rowsAtFirst = 3
	rowsMore    = 5
)

// more is the name of the button that asks for empty rows.
func (f Field) more() string { return f.Name + ".more" }

// cell is the name of one input of a table.
func (f Field) cell(row int, column Field) string {
	return f.Name + "." + strconv.Itoa(row) + "." + column.Name
}

func (f Form) cellID(field Field, row int, column Field) string {
	return f.ID + "-" + strings.ReplaceAll(field.cell(row, column), ".", "-")
}

// sent is how many rows the answers reach down to.
func (f Field) sent(raw url.Values) int {
	n := 0
	for name := range maps.Keys(raw) {
		rest, ours := strings.CutPrefix(name, f.Name+".")
		index, _, dotted := strings.Cut(rest, ".")
		if i, err := strconv.Atoi(index); ours && dotted && err == nil && strings.TrimSpace(raw.Get(name)) != "" {
			n = max(n, i+1)
		}
	}
	return n
}

// mostRows is Max, or the bound of all tables.
func (f Field) mostRows() int {
	if f.Max != nil {
		return min(*f.Max, maxRows)
	}
	return maxRows
}

// rowCount is how many rows are drawn: those with answers and one to go on with.
func (f Form) rowCount(field Field) int {
	n := max(field.sent(f.Raw)+1, rowsAtFirst)
	if f.Raw.Has(field.more()) {
		n += rowsMore
	}
	return min(n, field.mostRows())
}

// rows reads a table; rows without any answer do not count.
func (p *parser) rows() (any, bool) {
	n := p.f.sent(p.raw)
	if n > maxRows { // nobody typed that many: indices are sent by a program
		p.refuse("form.bad.many", "max", p.f.mostRows(), "n", n)
		return nil, false
	}
	var rows []map[string]string
	for i := range n {
		row, missing := p.row(i, len(rows)+1)
		if len(row) == 0 {
			continue
		}
		p.wrong = append(p.wrong, missing...)
		rows = append(rows, row)
	}
	switch {
	case len(p.wrong) > 0:
		return nil, false
	case len(rows) == 0:
		if p.f.Required {
			p.refuse("form.required")
		}
		return nil, false
	}
	return rows, p.amount(len(rows), maxRows)
}

// row reads one row of the table; missing is what it lacks if it counts.
func (p *parser) row(i, n int) (row map[string]string, missing []fault.Field) {
	row = map[string]string{}
	for _, column := range p.f.Columns {
		cell := parser{f: column, raw: p.raw, loc: p.loc}
		text, ok := cell.clean(p.raw.Get(p.f.cell(i, column)))
		switch {
		case ok && text == "" && column.Required:
			cell.refuse(cell.missing())
			missing = append(missing, p.inRow(n, cell.wrong)...)
			continue
		case ok && text == "":
			continue
		case ok:
			if v, ok := cell.one(text); ok {
				row[column.Name] = canonical(v)
				continue
			}
		}
		row[column.Name] = text // it was answered, if badly
		p.wrong = append(p.wrong, p.inRow(n, cell.wrong)...)
	}
	return row, missing
}

// inRow makes faults of cells faults of the table that name the row.
func (p *parser) inRow(n int, wrong []fault.Field) []fault.Field {
	for i := range wrong {
		label, _ := wrong[i].Args["label"].(i18n.Text)
		at := strconv.Itoa(n)
		wrong[i].Name = p.f.Name
		wrong[i].Args["label"] = i18n.Text{ZH: "第 " + at + " 行 " + label.ZH, EN: label.EN + " in row " + at}
	}
	return wrong
}

// canonical is how a cell is kept.
func canonical(v any) string {
	switch v := v.(type) {
	case int64:
		return strconv.FormatInt(v, 10)
	case time.Time:
		return v.Format(time.DateOnly)
	}
	s, _ := v.(string)
	return s
}

func fillRows(raw url.Values, f Field, rows []map[string]string) {
	for i, row := range rows {
		for _, column := range f.Columns {
			v := row[column.Name]
			if n, err := strconv.ParseInt(v, 10, 64); err == nil && column.Type == Money {
				v = text(column, n, time.UTC)
			}
			raw.Set(f.cell(i, column), v)
		}
	}
}

// cellAttrs are the attributes of an input in a table: it is named by its
// column and row.
func (f Form) cellAttrs(ctx context.Context, field Field, row int, column Field) templ.Attributes {
	a := Form{ID: f.ID}.inputAttrs(ctx, column)
	delete(a, "aria-describedby")
	a["aria-label"] = i18n.T(ctx, "form.rows.cell", "label", column.Label, "n", row+1)
	a["id"], a["name"] = f.cellID(field, row, column), field.cell(row, column)
	return a
}
