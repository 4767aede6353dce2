// Package rule evaluates the expressions of procedures: conditions, values and
// amounts in CEL, typed, compiled at load and limited in cost. It owns what an
// expression can see of a case (View) and the functions of `case`.
//
// It does not know what a procedure is; which variables exist is told by
// whoever compiles.
package rule

import (
	"errors"
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
	celast "cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types/ref"
)

// costLimit bounds one evaluation, far above what a guard needs: a form's
// longest list walked once for each of its items.
const costLimit = 200_000

// Expr is a compiled, typed expression. A nil *Expr is "no condition".
type Expr struct {
	src   string
	prg   cel.Program
	fixed ref.Val // of an expression that is a plain value: 'P3', false; else nil
	input bool    // reads this act's form, files or facts computed from them
}

// NeedsInput reports whether the value cannot be known before the form is filled.
func (x *Expr) NeedsInput() bool { return x != nil && x.input }

// Plain reports whether the expression is a value that depends on nothing.
func (x *Expr) Plain() bool { return x.fixed != nil }

// Absent is the error of an expression that read a value nobody gave. Name is
// the variable, such as "input.reason".
type Absent struct{ Name string }

func (a *Absent) Error() string { return "no value for " + a.Name }

// Eval is the raw result. An absent variable is an *Absent error, unless the
// expression did not need it; a fact that failed is that failure.
func (x *Expr) Eval(v *View) (ref.Val, error) {
	if x.fixed != nil {
		return x.fixed, nil
	}
	v.absent, v.failed = "", nil
	out, _, err := x.prg.Eval(v)
	switch {
	case v.failed != nil:
		return nil, v.failed
	case err == nil:
		return out, nil
	case v.absent != "":
		return nil, &Absent{Name: v.absent}
	}
	return nil, fmt.Errorf("%s: %w", x.src, err)
}

// Bool evaluates a condition; a nil expression holds.
func (x *Expr) Bool(v *View) (bool, error) {
	if x == nil {
		return true, nil
	}
	out, err := x.Eval(v)
	if err != nil {
		return false, err
	}
	b, ok := out.Value().(bool)
	if !ok {
		return false, errors.New(x.src + ": not a condition")
	}
	return b, nil
}

// MarkInput says that the value cannot be known before the form is filled.
func (x *Expr) MarkInput() { x.input = true }

// Compile checks and plans one expression. want lists the allowed types, none
// allows any; the error names column and cause.
func Compile(env *cel.Env, src string, want ...*cel.Type) (*Expr, *cel.Ast, error) {
	ast, issues := env.Compile(src)
	if issues.Err() != nil {
		return nil, nil, celError(issues)
	}
	if out := ast.OutputType(); len(want) > 0 && !oneOf(out, want) {
		return nil, nil, fmt.Errorf("gives %s, want %s", out, typeNames(want))
	}
	prg, err := env.Program(ast, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(costLimit))
	if err != nil {
		return nil, nil, err
	}
	x := &Expr{src: src, prg: prg}
	if plain := ast.NativeRep().Expr(); plain.Kind() == celast.LiteralKind {
		x.fixed = plain.AsLiteral()
	}
	return x, ast, nil
}

// celError is all issues in one line each: column and message.
func celError(issues *cel.Issues) error {
	var all []string
	for _, e := range issues.Errors() {
		all = append(all, fmt.Sprintf("column %d: %s", e.Location.Column()+1, e.Message))
	}
	return errors.New(strings.Join(all, "; "))
}

func oneOf(t *cel.Type, want []*cel.Type) bool {
	for _, w := range want {
		if w.IsExactType(t) {
			return true
		}
	}
	return false
}

func typeNames(ts []*cel.Type) string {
	names := make([]string, len(ts))
	for i, t := range ts {
		names[i] = t.String()
	}
	return strings.Join(names, " or ")
}
