package pack

import (
	"context"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// Workbook is people and unit grids read from an XLSX file, each table from a
// sheet of its name, by the same rules as a pack's files.
type Workbook struct {
	Rows  []Row
	Grids []place.Feature
}

// workbookSheets are the tables a workbook may have, in the order of the template.
func workbookSheets() []sheet {
	all := sheets()
	return []sheet{all["departments"], all["accounts"], all["posts"], all["certificates"], gridSheet()}
}

// ReadWorkbook reads a workbook's sheets 部门, 人员, 岗位, 证件, 网格 (or
// departments, people, posts, certificates, grids). Other sheets are refused, except 说明 (notes). Problems name
// sheet and row. References into the division are checked by Import.
func ReadWorkbook(r io.Reader) (*Workbook, Problems) {
	wb, problems := &Workbook{}, Problems{}
	f, err := excelize.OpenReader(r, excelize.Options{UnzipSizeLimit: 64 << 20, UnzipXMLSizeLimit: 32 << 20})
	if err != nil {
		problems.add("", 0, "pack.workbook_broken")
		return wb, problems
	}
	defer f.Close()
	known := workbookSheets()
	for _, name := range f.GetSheetList() {
		i := slices.IndexFunc(known, func(s sheet) bool { return name == s.zh || name == s.en })
		if i < 0 {
			if name != notesSheet {
				problems.add(name, 0, "pack.sheet_unknown", "sheet", name)
			}
			continue
		}
		lines, err := f.GetRows(name)
		if err != nil {
			problems.add(name, 0, "pack.workbook_broken")
			continue
		}
		for _, rec := range readSheet(name, lines, known[i].columns, &problems) {
			if known[i].parse == nil {
				wb.Grids = append(wb.Grids, parseGrid(rec)...)
				continue
			}
			wb.Rows = append(wb.Rows, newRow(known[i].parse(rec), rec.file, rec.line))
		}
	}
	if len(wb.Rows)+len(wb.Grids) == 0 && len(problems) == 0 {
		problems.add("", 0, "pack.workbook_empty")
	}
	return wb, problems.sort()
}

const notesSheet = "说明"

func readSheet(name string, lines [][]string, columns []column, ps *Problems) []record {
	if len(lines) == 0 {
		return nil
	}
	names := headings(name, 1, lines[0], columns, ps)
	if names == nil {
		return nil
	}
	var rows []record
	for i, fields := range lines[1:] {
		if !slices.ContainsFunc(fields, func(s string) bool { return s != "" }) {
			continue // people leave empty rows between blocks
		}
		if rec, ok := newRecord(name, i+2, names, fields, columns, ps); ok {
			rows = append(rows, rec)
		}
	}
	return rows
}

// Import writes a workbook into the actor's division as local changes, all of
// it or nothing: later packs leave these rows alone. The actor must be an
// administrator. Problems, wall included, are an Invalid fault and come with it
// by sheet and row.
func (s *Service) Import(ctx context.Context, actor people.Actor, wb *Workbook) (problems Problems, err error) {
	defer fault.Trace(&err, "pack.Import")
	if err := actor.Require(actor.Division, people.Admin); err != nil {
		return nil, err
	}
	set, err := s.Settings(ctx, actor.Division)
	if err != nil {
		return nil, err
	}
	strict, now := set.Bool("axis.strict"), s.clk.Now()
	err = s.db.Write(ctx, func(tx *dbx.Tx) error {
		dir, err := people.Load(ctx, tx, actor.Division)
		if err != nil {
			return err
		}
		if problems = checkWorkbook(wb, dir, strict); len(problems) > 0 {
			return problems.Err()
		}
		if len(wb.Grids) > 0 {
			if err := place.Put(ctx, tx, actor.Division, "", wb.Grids); err != nil {
				return err
			}
		}
		st := staffOf(wb.Rows)
		return people.Import(ctx, tx, actor, now, people.Batch{
			Local: true, Departments: st.departments, Accounts: st.accounts, Posts: st.posts, Certificates: st.certificates}, strict)
	})
	return problems, err
}

// checkWorkbook looks at a workbook together with the people who are there.
func checkWorkbook(wb *Workbook, dir *people.Directory, strict bool) Problems {
	var problems Problems
	seen := map[rowKey]Row{}
	for _, r := range wb.Rows {
		if old, twice := seen[rowKey{r.Kind, r.Key}]; twice {
			problems.add(r.File, r.Line, "pack.row_twice", "key", r.Key, "file", old.File, "line", old.Line)
		}
		seen[rowKey{r.Kind, r.Key}] = r
	}
	own := staffOf(wb.Rows)
	have := staffIn(dir)
	known := names{departments: map[string]bool{}, roles: map[string]bool{}, logins: map[string]bool{}}
	known.add(have)
	known.add(own)
	for _, r := range wb.Rows {
		known.check(&problems, r)
	}
	if strict {
		have.with(own).checkWall(&problems, wb.Rows)
	}
	return problems.sort()
}

func staffIn(dir *people.Directory) staff {
	return staff{roles: dir.RoleList(), departments: dir.Departments(time.Time{}), accounts: dir.Accounts(), posts: dir.Posts(id.ID{})}
}

// with returns the staff as it would be after taking over o.
func (s staff) with(o staff) staff {
	s.accounts = slices.Concat(o.accounts, slices.DeleteFunc(slices.Clone(s.accounts), func(a people.Account) bool {
		return slices.ContainsFunc(o.accounts, func(b people.Account) bool { return b.Login == a.Login })
	}))
	s.posts = slices.Concat(slices.DeleteFunc(slices.Clone(s.posts), func(p people.Post) bool {
		return slices.ContainsFunc(o.posts, func(q people.Post) bool { return q.Key() == p.Key() })
	}), o.posts)
	return s
}

// Template writes an empty workbook to fill in: the sheets with their headings
// as text cells, and notes that list the roles of the division.
func Template(w io.Writer, dir *people.Directory, l i18n.Lang) error {
	f := excelize.NewFile()
	defer f.Close()
	for _, s := range workbookSheets() {
		name, headers := s.en, []string{}
		if l == i18n.ZH {
			name = s.zh
		}
		for _, c := range s.columns {
			if l == i18n.ZH {
				headers = append(headers, c.zh)
			} else {
				headers = append(headers, c.name)
			}
		}
		if err := fill(f, name, [][]string{headers}); err != nil {
			return err
		}
	}
	var roles [][]string
	for _, r := range dir.RoleList() {
		roles = append(roles, []string{r.ID, r.Name.In(l)})
	}
	if err := fill(f, notesSheet, roles); err != nil {
		return err
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		return err
	}
	return f.Write(w)
}

// fill writes rows into a new sheet whose cells are all text: codes keep their
// leading zeros.
func fill(f *excelize.File, name string, rows [][]string) error {
	if _, err := f.NewSheet(name); err != nil {
		return err
	}
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49})
	if err != nil {
		return err
	}
	if err := f.SetColStyle(name, "A:L", text); err != nil {
		return err
	}
	for i, row := range rows {
		if err := f.SetSheetRow(name, "A"+strconv.Itoa(i+1), &row); err != nil {
			return err
		}
	}
	return nil
}
