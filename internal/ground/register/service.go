package register

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
)

// Service changes registers. It is safe for concurrent use.
type Service struct {
	db  *dbx.DB
	clk clock.Clock
}

// New returns the service.
func New(db *dbx.DB, clk clock.Clock) *Service { return &Service{db, clk} }

// Generation names the counter that moves with every change of a division's
// registers.
const Generation = "enforcement_register"

// Plan is what a file did, or would do.
type Plan struct {
	Added, Changed, Same int
	Kept                 int // rows of a pack that were changed here since
	Problems             []Problem
	Done                 bool
}

// Import brings a file into a register of the actor's division: all of it, or
// nothing when one line is wrong; what is wrong is in the plan, line by line.
// The actor must be an administrator or hold one of the keepers' roles, for whom the
// caller judged the rows; a file that cannot be read at all is Invalid.
func (s *Service) Import(ctx context.Context, actor people.Actor, kind Kind, f File, keepers ...string) (plan Plan, err error) {
	defer fault.Trace(&err, "register.Import(%s)", kind.ID)
	if err := actor.Require(actor.Division, append(keepers, people.Admin)...); err != nil {
		return plan, err
	}
	lines, problems, err := kind.read(f)
	if err != nil {
		return plan, err
	}
	if plan.Problems = problems; len(problems) > 0 {
		return plan, nil
	}
	return s.bring(ctx, actor, kind, "", f.Name, lines, false)
}

// Apply makes a register's rows what a pack's file says; those that were changed
// here since stay. With look nothing is written. A file with anything wrong is
// Invalid.
func (s *Service) Apply(ctx context.Context, actor people.Actor, pack string, kind Kind, f File, look bool) (plan Plan, err error) {
	defer fault.Trace(&err, "register.Apply(%s, %s)", pack, f.Name)
	if err := actor.Require(actor.Division, people.Admin); err != nil {
		return plan, err
	}
	lines, problems, err := kind.read(f)
	if err != nil {
		return plan, err
	}
	if len(problems) > 0 {
		p := problems[0]
		return plan, fault.Wrap(fmt.Errorf("line %d: %s %v", p.Line, p.Key, p.Args), fault.Invalid, "register.pack_wrong", "file", f.Name, "line", p.Line)
	}
	return s.bring(ctx, actor, kind, pack, "", lines, look)
}

// Check reads a pack's file and says what is wrong with it.
func Check(kind Kind, f File) ([]Problem, error) {
	_, problems, err := kind.read(f)
	return problems, err
}

func (s *Service) bring(ctx context.Context, actor people.Actor, kind Kind, pack, why string, lines []line, look bool) (plan Plan, err error) {
	now := s.clk.Now()
	err = s.db.Write(ctx, func(tx *dbx.Tx) error {
		plan = Plan{}
		list, err := All(ctx, tx, actor.Division, kind)
		if err != nil {
			return err
		}
		have := make(map[string]Row, len(list))
		for _, x := range list {
			have[x.Code] = x
		}
		for _, l := range lines {
			code := kind.KeyOf(l.cells)
			old, there := have[code]
			switch {
			case !there:
				plan.Added++
			case pack != "" && (old.Local || old.Pack != pack):
				plan.Kept++
				continue
			case maps.Equal(old.Cells, l.cells):
				plan.Same++
				continue
			default:
				plan.Changed++
			}
			next := Row{code, l.cells, old.Pack, old.Pack != ""}
			if pack != "" {
				next.Pack, next.Local = pack, false
			}
			if look {
				continue
			}
			if err := put(ctx, tx, actor, now, kind, next, old.Cells, why); err != nil {
				return err
			}
		}
		if look || plan.Added+plan.Changed == 0 {
			return nil
		}
		return dbx.Moved(ctx, tx, actor.Division, Generation)
	})
	plan.Done = err == nil && !look
	return plan, err
}

// Edit changes some cells of a row, with the reason. The actor must be an
// administrator. A row that is not there is NotFound; what the register refuses,
// a changed key or no reason is Invalid.
func (s *Service) Edit(ctx context.Context, actor people.Actor, kind Kind, code, why string, change Cells) (err error) {
	defer fault.Trace(&err, "register.Edit(%s, %s)", kind.ID, code)
	if err := actor.Require(actor.Division, people.Admin); err != nil {
		return err
	}
	if why = strings.TrimSpace(why); why == "" {
		return fault.New(fault.Invalid, "form.refused").Field("why", "register.why")
	}
	now := s.clk.Now()
	return s.db.Write(ctx, func(tx *dbx.Tx) error {
		x, err := Find(ctx, tx, actor.Division, kind, code)
		if err != nil {
			return err
		}
		old := maps.Clone(x.Cells)
		maps.Copy(x.Cells, change)
		if kind.KeyOf(x.Cells) != code {
			return fault.New(fault.Invalid, "register.key")
		}
		if problems := kind.check(x.Cells); len(problems) > 0 {
			p := problems[0]
			e := fault.New(fault.Invalid, p.Key)
			e.Args = p.Args
			return e
		}
		x.Local = x.Pack != ""
		if err := put(ctx, tx, actor, now, kind, x, old, why); err != nil {
			return err
		}
		return dbx.Moved(ctx, tx, actor.Division, Generation)
	})
}
