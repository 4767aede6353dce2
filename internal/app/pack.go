package app

import (
	"context"
	"fmt"
	"io/fs"

	"xiucheng/internal/casework/library"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/casework/procedure"
	lawbook "xiucheng/internal/duties/enforcement/library"
	"xiucheng/internal/duties/enforcement/permit"
	"xiucheng/internal/duties/enforcement/power"
	"xiucheng/internal/duties/enforcement/question"
	"xiucheng/internal/duties/frontage"
	"xiucheng/internal/duties/joint/operation"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/ground/component"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/ground/roster"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
	"xiucheng/packs"
)

// practiceSuffix marks the key of the training division that stands beside
// every real one.
const practiceSuffix = "-practice"

// CheckPack reads a pack with all it depends on, its procedures too. The
// problems are everything wrong, with file and line.
func CheckPack(dir fs.FS) ([]*pack.Pack, pack.Problems) {
	list, problems := pack.Resolve(dir, packs.FS)
	if len(problems) > 0 {
		return list, problems
	}
	var rules []*procedure.Procedure
	for _, p := range list {
		for _, f := range p.Components {
			_, wrong, err := component.Read(surveyOf(f))
			if err != nil {
				return list, append(problems, pack.Problem{File: f.Path, Key: fault.As(err).Key, Args: fault.As(err).Args})
			}
			for _, x := range wrong {
				problems = append(problems, pack.Problem{File: f.Path, Line: x.Line, Key: x.Key, Args: x.Args})
			}
		}
		problems = append(problems, registerProblems(p)...)
		for _, f := range p.Procedures {
			rule, err := procedure.Load(f.Path, f.Body, world())
			problems = append(problems, procedureProblems(f.Path, err)...)
			if err == nil {
				rules = append(rules, rule)
			}
		}
		for _, f := range p.Papers {
			_, err := paper.Load(f.Path, f.Body)
			problems = append(problems, procedureProblems(f.Path, err)...)
		}
	}
	for _, p := range library.CheckCases(rules...) {
		problems = append(problems, procedureProblems(p.File, procedure.Problems{p})...)
	}
	return list, problems
}

// registers are the registers a pack may bring, by the kind of its files.
func registers() map[string]register.Kind {
	return map[string]register.Kind{"violations": lawbook.Violations, "rules": lawbook.Rules, "factors": lawbook.Factors, "grades": lawbook.Grades,
		"powers": power.Items, "permits": permit.Permits, "interviews": question.Standard, "terms": lawbook.Terms, "unit_powers": operation.Powers,
		"clusters": cluster.Clusters, "designations": cluster.Designations, "stalls": cluster.Stalls, "residents": cluster.Residents, "barriers": cluster.Barriers,
		"shops": shop.Shops, "frontage_duties": frontage.Duties,
		"party_groups": roster.Groups, "party_members": roster.Members, "stretches": roster.Stretches}
}

func registerProblems(p *pack.Pack) (out pack.Problems) {
	for _, f := range p.Registers {
		wrong, err := register.Check(registers()[f.Kind], register.File{Name: f.Path, Body: f.Body})
		if err != nil {
			return append(out, pack.Problem{File: f.Path, Key: fault.As(err).Key, Args: fault.As(err).Args})
		}
		for _, x := range wrong {
			out = append(out, pack.Problem{File: f.Path, Line: x.Line, Key: x.Key, Args: x.Args})
		}
	}
	return out
}

// surveyOf is a pack's file of components, in WGS-84 like its layers.
func surveyOf(f pack.File) component.File {
	return component.File{Name: f.Path, CRS: geo.WGS84.String(), Body: f.Body}
}

// kindComponents is the kind of a difference in a register.
const kindComponents = "components"

// registers compares or applies a pack's files of components, one line of what
// was or would be done each; none for a file that changes nothing.
func (a *App) registers(ctx context.Context, division id.ID, p *pack.Pack, mode component.Mode) (out []pack.Difference, err error) {
	for _, f := range p.Components {
		plan, err := a.components.Apply(ctx, people.SystemActor(division), p.ID, surveyOf(f), mode)
		if err != nil {
			return nil, err
		}
		d := pack.Difference{Action: pack.Change, Kind: kindComponents, Key: f.Path, File: f.Path}
		switch {
		case plan.Added+plan.Changed == 0:
			continue
		case plan.Changed+plan.Same+plan.Kept == 0:
			d.Action = pack.Add
		}
		out = append(out, d)
	}
	more, err := a.packRegisters(ctx, division, p, mode == component.Look)
	return append(out, more...), err
}

func (a *App) packRegisters(ctx context.Context, division id.ID, p *pack.Pack, look bool) (out []pack.Difference, err error) {
	for _, f := range p.Registers {
		plan, err := a.registry.Apply(ctx, people.SystemActor(division), p.ID, registers()[f.Kind], register.File{Name: f.Path, Body: f.Body}, look)
		if err != nil {
			return nil, err
		}
		d := pack.Difference{Action: pack.Change, Kind: f.Kind, Key: f.Path, File: f.Path}
		switch {
		case plan.Added+plan.Changed == 0:
			continue
		case plan.Changed+plan.Same+plan.Kept == 0:
			d.Action = pack.Add
		}
		out = append(out, d)
	}
	return out, nil
}

func procedureProblems(path string, err error) (out pack.Problems) {
	ps, ok := err.(procedure.Problems)
	if err != nil && !ok {
		return pack.Problems{{File: path, Key: "app.procedure_wrong", Args: fault.Args{"path": "", "why": err.Error()}}}
	}
	for _, p := range ps {
		out = append(out, pack.Problem{File: p.File, Line: p.Line, Key: "app.procedure_wrong", Args: fault.Args{"path": p.Path, "why": p.Text}})
	}
	return out
}

// ApplyPack applies a checked pack and what it depends on to the division it is
// made for, which is made if it is missing, and to the training division
// beside it. It returns what was done, division by division.
func (a *App) ApplyPack(ctx context.Context, list []*pack.Pack) (reports []pack.Report, err error) {
	defer fault.Trace(&err, "app.ApplyPack")
	home, err := home(list)
	if err != nil {
		return nil, err
	}
	practice := home
	practice.Key += practiceSuffix
	practice.Practice = true
	practice.Name.ZH += "·练习区"
	practice.Name.EN += " · practice"
	for _, d := range []people.Division{home, practice} {
		d, err := a.people.EnsureDivision(ctx, d)
		if err != nil {
			return reports, err
		}
		for _, p := range list {
			rep, err := a.packs.Apply(ctx, people.SystemActor(d.ID), p)
			if err != nil {
				return reports, err
			}
			more, err := a.registers(ctx, d.ID, p, component.Strict)
			if err != nil {
				return reports, err
			}
			rep.Changes = append(rep.Changes, more...)
			reports = append(reports, rep)
		}
	}
	a.templates.Store(nil)
	return reports, a.loadProcedures(ctx)
}

// home is the division the asked pack, the last of the list, is made for.
func home(list []*pack.Pack) (people.Division, error) {
	last := list[len(list)-1]
	if last.Division == nil {
		return people.Division{}, fault.New(fault.Invalid, "app.no_division", "pack", last.ID)
	}
	return people.Division{Key: last.Division.Key, Code: last.Division.Code, Name: last.Division.Name}, nil
}

// DiffPack lists what ApplyPack would change in the pack's own division.
func (a *App) DiffPack(ctx context.Context, list []*pack.Pack) (all []pack.Difference, err error) {
	defer fault.Trace(&err, "app.DiffPack")
	var division id.ID
	h, err := home(list)
	if err != nil {
		return nil, err
	}
	if d, err := a.people.Division(ctx, h.Key); err == nil {
		division = d.ID
	}
	for _, p := range list {
		diff, err := a.packs.Diff(ctx, p, division)
		if err != nil {
			return nil, err
		}
		all = append(all, diff...)
		if division.IsZero() {
			continue
		}
		more, err := a.registers(ctx, division, p, component.Look)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

// ImportWorkbook writes people, posts and grids into a division, all or
// nothing; the problems are everything wrong, by sheet and row.
func (a *App) ImportWorkbook(ctx context.Context, division string, wb *pack.Workbook) (_ pack.Problems, err error) {
	defer fault.Trace(&err, "app.ImportWorkbook")
	d, err := a.pick(ctx, division)
	if err != nil {
		return nil, err
	}
	return a.packs.Import(ctx, people.SystemActor(d.ID), wb)
}

// ImportComponents brings a register's file into a division; the plan says what
// was done and, line by line, what was wrong.
func (a *App) ImportComponents(ctx context.Context, division string, f component.File, mode component.Mode) (_ component.Plan, err error) {
	defer fault.Trace(&err, "app.ImportComponents")
	d, err := a.pick(ctx, division)
	if err != nil {
		return component.Plan{}, err
	}
	return a.components.Import(ctx, people.SystemActor(d.ID), f, mode)
}

// loadProcedures makes the procedures of every division the ones in force. The
// divisions of one installation share them by id and version.
func (a *App) loadProcedures(ctx context.Context) error {
	divisions, err := a.people.Divisions(ctx)
	if err != nil {
		return err
	}
	var all []*procedure.Procedure
	seen := map[string]bool{}
	for _, d := range divisions {
		files, err := a.packs.Procedures(ctx, d.ID)
		if err != nil {
			return err
		}
		for _, f := range files {
			if seen[string(f.Body)] { // most divisions have the same
				continue
			}
			seen[string(f.Body)] = true
			p, err := library.Read(f.Path, f.Body)
			if err != nil {
				return fmt.Errorf("procedure %s version %d: %w", f.ID, f.Version, err)
			}
			all = append(all, p)
		}
	}
	lib, err := library.New(all...)
	if err != nil {
		return err
	}
	a.engine.Use(lib)
	return nil
}

// paperLibrary holds the templates of every division's papers. They are read
// when the first paper is made: a start need not wait for them.
func (a *App) paperLibrary(ctx context.Context) (*paper.Library, error) {
	if lib := a.templates.Load(); lib != nil {
		return lib, nil
	}
	divisions, err := a.people.Divisions(ctx)
	if err != nil {
		return nil, err
	}
	var all []*paper.Template
	seen := map[string]bool{}
	for _, d := range divisions {
		files, err := a.packs.Papers(ctx, d.ID)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			if seen[string(f.Hash())] {
				continue
			}
			seen[string(f.Hash())] = true
			t, err := paper.Load(f.Path, f.Body)
			if err != nil {
				return nil, fmt.Errorf("paper %s version %d: %w", f.ID, f.Version, err)
			}
			all = append(all, t)
		}
	}
	lib, err := paper.NewLibrary(all...)
	if err != nil {
		return nil, err
	}
	a.templates.Store(lib)
	return lib, nil
}

// world is what procedures may refer to outside their file.
func world() procedure.World { return procedure.World{} }
