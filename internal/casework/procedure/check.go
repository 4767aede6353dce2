package procedure

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"

	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/platform/i18n"
)

// Pseudo-roles of Step.Who, known to every procedure.
const (
	System  = "system"  // the program, by rule
	Citizen = "citizen" // the holder of a receipt code of this case
	Staff   = "staff"   // anybody with a post in the division
	Owner   = "owner"   // a role that owns the present state
	Unit    = "unit"    // somebody of the department the case is with, by a link and without an account
)

var idPattern = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)

// procedurePattern also takes dots, which group procedures: enf.service.
var procedurePattern = regexp.MustCompile(`^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)*$`)

// numberPart is what record.Number fills in.
var numberPart = regexp.MustCompile(`\{(division|date|year|serial\d*)\}`)

func (c *checker) check(p *Procedure) {
	c.p = p
	c.names()
	c.states()
	c.fields("$.data", p.Data)
	c.factsAndSettings()
	c.clocks()
	for i := range p.Steps {
		c.step(fmt.Sprintf("$.steps[%d]", i), &p.Steps[i])
	}
	c.barred()
	c.refusals()
	c.compileAll()
	if len(c.problems) == 0 {
		c.graph()
	}
}

func (c *checker) names() {
	p := c.p
	if !procedurePattern.MatchString(p.ID) {
		c.bad("$.procedure", "%q is no id (a–z, 0–9, _ and -, parts joined by dots)", p.ID)
	}
	if p.Version < 1 {
		c.bad("$.version", "must be 1 or more")
	}
	if part := strings.IndexAny(numberPart.ReplaceAllString(p.Number, ""), "{}"); part >= 0 {
		c.bad("$.number", "%q: only {division}, {date}, {year} and {serialN} are filled in", p.Number)
	}
	if p.Faces != "" && p.Faces != Blurred {
		c.bad("$.faces", "want %s or nothing", Blurred)
	}
	c.words("$.title", p.Title)
	unique(c, "$.stages", p.Stages, func(s Stage) string { return s.ID })
	unique(c, "$.states", p.States, func(s State) string { return s.ID })
	unique(c, "$.data", p.Data, func(f field.Field) string { return f.Name })
	unique(c, "$.facts", p.Facts, func(f Fact) string { return f.Name })
	unique(c, "$.settings", p.Settings, func(s Setting) string { return s.Name })
	unique(c, "$.clocks", p.Clocks, func(k Clock) string { return k.ID })
	for i, s := range p.Stages {
		c.words(fmt.Sprintf("$.stages[%d].name", i), s.Name)
	}
}

func unique[T any](c *checker, path string, list []T, id func(T) string) {
	seen := map[string]bool{}
	for i, v := range list {
		k := id(v)
		at := fmt.Sprintf("%s[%d]", path, i)
		if !idPattern.MatchString(k) {
			c.bad(at, "%q is no id (a–z, 0–9, _ and -)", k)
		}
		if seen[k] {
			c.bad(at, "%s stands twice", k)
		}
		seen[k] = true
	}
}

func (c *checker) words(path string, t i18n.Text) {
	if t.ZH == "" || t.EN == "" {
		c.bad(path, "words in zh and en are needed")
	}
}

func (c *checker) states() {
	for i := range c.p.States {
		s, at := &c.p.States[i], fmt.Sprintf("$.states[%d]", i)
		c.words(at+".name", s.Name)
		if slices.Contains([]string{None, Any, Back}, s.ID) || s.ID == Open && c.open() > 1 {
			c.bad(at, "%s means something else where states are listed", s.ID)
		}
		if c.p.stage[s.Stage] == nil {
			c.bad(at+".stage", "unknown stage %q", s.Stage)
		}
		c.axis(at+".axis", s.Axis)
		c.roles(at+".owner", s.Owner)
		if s.Clock != "" && c.p.clock[s.Clock] == nil {
			c.bad(at+".clock", "unknown clock %q", s.Clock)
		}
		if !slices.Contains([]string{"", "open", "closed"}, s.Open311) {
			c.bad(at+".open311", "open or closed")
		}
		if s.End != "" && !s.Terminal {
			c.bad(at+".end", "only a terminal state has an end")
		}
		c.publicWords(at, s)
	}
}

// open counts the states that are no end.
func (c *checker) open() (n int) {
	for i := range c.p.States {
		if !c.p.States[i].Terminal {
			n++
		}
	}
	return n
}

// publicWords: a state the public can meet says what it means, whatever holds.
func (c *checker) publicWords(at string, s *State) {
	if s.Open311 != "" && len(s.Public) == 0 {
		c.bad(at, "state %s is open to the public and lacks public words", s.ID)
	}
	for j, w := range s.Public {
		path := fmt.Sprintf("%s.public[%d]", at, j)
		c.words(path+".text", w.Text)
		if last := j == len(s.Public)-1; last != (w.When == "") {
			c.bad(path, "the last wording, and only that, has no condition")
		}
	}
}

func (c *checker) axis(path string, a Axis) {
	if a != Neutral && a != Supervision && a != Command {
		c.bad(path, "unknown axis %q", a)
	}
}

func (c *checker) roles(path string, roles []string) {
	for _, r := range roles {
		switch r {
		case System, Citizen, Staff, Owner, Unit:
			continue
		}
		c.known(path, "role", r, c.world.Roles)
	}
}

// known checks a name against a list of the world, unless that list is nil.
func (c *checker) known(path, what, name string, list []string) {
	if list != nil && name != "" && !slices.Contains(list, name) {
		c.bad(path, "unknown %s %q", what, name)
	}
}

func (c *checker) fields(path string, fields []field.Field) {
	for i := range fields {
		f, at := &fields[i], fmt.Sprintf("%s[%d]", path, i)
		if !f.Type.Known() {
			c.bad(at+".type", "unknown type %q", f.Type)
		}
		if path != "$.data" {
			c.words(at+".label", f.Label)
		}
		if f.Type == field.Enum && len(f.Options) == 0 && path != "$.data" {
			c.bad(at, "an enum needs options")
		}
		for j, o := range f.Options {
			c.words(fmt.Sprintf("%s.options[%d].label", at, j), o.Label)
		}
		c.rows(at, f)
		c.known(at+".choices", "choices", f.Choices, withOwn(c.world.Choices, "colleagues", "data_fields", OfficerChoices))
		if f.ShowWhen != "" {
			name, _, ok := strings.Cut(f.ShowWhen, "=")
			if !ok || !slices.ContainsFunc(fields, func(o field.Field) bool { return o.Name == name }) {
				c.bad(at+".show_when", "want field=value|value of a field of this form")
			}
		}
		if f.Evidence != "" && !f.Type.Files() {
			c.bad(at+".evidence", "only a photo or file is evidence")
		}
		if f.Personal && f.Type.Files() {
			c.bad(at+".personal", "files are kept as evidence, not as personal values")
		}
	}
}

func withOwn(list []string, own ...string) []string {
	if list == nil {
		return nil
	}
	return append(slices.Clone(list), own...)
}

func (c *checker) factsAndSettings() {
	for i, f := range c.p.Facts {
		if !f.Type.Known() {
			c.bad(fmt.Sprintf("$.facts[%d].type", i), "unknown type %q", f.Type)
		}
	}
	for i, s := range c.p.Settings {
		at := fmt.Sprintf("$.settings[%d]", i)
		if !s.Type.Known() {
			c.bad(at+".type", "unknown type %q", s.Type)
		}
		c.known(at+".key", "setting", s.Key, c.world.Settings)
	}
}

func (c *checker) refusals() {
	for code, t := range c.p.Refusals {
		if t.ZH == "" || t.EN == "" {
			c.bad("$.refusals."+code, "refusal %s lacks zh or en", code)
		}
	}
	for i := range c.p.Steps {
		for j, g := range c.p.Steps[i].Guards {
			t, ok := c.p.Refusals[g.Refuse]
			if !ok {
				continue
			}
			for _, name := range placeholders(t) {
				if _, given := g.Args[name]; !given && !slices.Contains(commonArgs, name) {
					c.bad(fmt.Sprintf("$.steps[%d].guards[%d]", i, j), "refusal %s needs the argument %s", g.Refuse, name)
				}
			}
		}
	}
}

// commonArgs are filled by the engine in every refusal.
var commonArgs = []string{"state", "step", "role", "earlier", "fields", "name", "time", "due"}

var placeholder = regexp.MustCompile(`\{([a-z_0-9]+)\}`)

func placeholders(t i18n.Text) []string {
	var out []string
	for _, m := range placeholder.FindAllStringSubmatch(t.ZH+t.EN, -1) {
		if !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

// compileAll compiles every expression in the environment of its step.
func (c *checker) compileAll() {
	base, err := rule.BaseEnv()
	if err != nil {
		c.bad("$", "%v", err)
		return
	}
	env, err := base.Extend(c.scope()...)
	if err != nil {
		c.bad("$", "%v", err)
		return
	}
	c.functions = map[string]rule.Function{}
	for _, f := range rule.Functions() {
		c.functions[f.Name] = f
	}
	forms := map[*Step]*cel.Env{}
	for _, s := range c.sites() {
		e := env
		if s.step != nil && len(s.step.Form) > 0 {
			if forms[s.step] == nil {
				if forms[s.step], err = env.Extend(variables("input.", s.step.Form)...); err != nil {
					c.bad(s.path, "%v", err)
					return
				}
			}
			e = forms[s.step]
		}
		x, tree, err := rule.Compile(e, s.src, s.want...)
		if err != nil {
			c.bad(s.path, "%v", err)
			continue
		}
		c.inspect(s, x, tree)
		*s.dst = x
	}
	for _, fn := range c.later {
		fn()
	}
}

func (c *checker) scope() []cel.EnvOption {
	opts := variables("data.", c.p.Data)
	for _, f := range c.p.Facts {
		if t := field.CELType(f.Type, f.List); t != nil {
			opts = append(opts, cel.Variable("fact."+f.Name, t))
		}
	}
	for _, s := range c.p.Settings {
		if t := field.CELType(s.Type, s.List); t != nil {
			opts = append(opts, cel.Variable("set."+s.Name, t))
		}
	}
	return opts
}

func variables(prefix string, fields []field.Field) []cel.EnvOption {
	var opts []cel.EnvOption
	for i := range fields {
		if t := fields[i].CELType(); t != nil && fields[i].Name != "" {
			opts = append(opts, cel.Variable(prefix+fields[i].Name, t))
		}
	}
	return opts
}

// inspect finds out whether the expression needs the form, and checks the
// literal names it hands to functions of case.
func (c *checker) inspect(s site, x *rule.Expr, tree *cel.Ast) {
	native := tree.NativeRep()
	for _, r := range native.ReferenceMap() {
		scope, name, _ := strings.Cut(r.Name, ".")
		f := c.p.fact[name]
		if scope == "input" || scope == "fact" && f != nil && f.Input {
			x.MarkInput()
		}
		if scope == "input" && s.step != nil && s.step.form[name] != nil && s.step.form[name].Personal && strings.Contains(s.path, ".set[") && strings.HasSuffix(s.path, ".value") {
			c.bad(s.path, "personal field %s may not be copied into the case's data", name)
		}
	}
	ast.PostOrderVisit(native.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind || !e.AsCall().IsMemberFunction() {
			return
		}
		call := e.AsCall()
		t := call.Target()
		f, ok := c.functions[call.FunctionName()]
		if !ok || t.Kind() != ast.IdentKind || t.AsIdent() != "case" {
			return
		}
		if f.Input && s.step != nil && (f.Name == "given" || s.step.takesFiles()) {
			x.MarkInput()
		}
		for i, a := range call.Args() {
			if a.Kind() == ast.LiteralKind && i < len(f.Args) && a.AsLiteral().Type() == types.StringType {
				name, _ := a.AsLiteral().Value().(string)
				c.literal(s, f.Args[i], name)
			}
		}
	}))
}

func (c *checker) literal(s site, kind rule.ArgKind, name string) {
	switch kind {
	case rule.StepName:
		if c.p.steps[name] == nil {
			c.bad(s.path, "unknown step %q", name)
		}
	case rule.ClockName:
		if c.p.clock[name] == nil {
			c.bad(s.path, "unknown clock %q", name)
		}
	case rule.DataName:
		if c.p.data[name] == nil {
			c.bad(s.path, "unknown data field %q", name)
		}
	case rule.InputName:
		if s.step == nil || s.step.form[name] == nil {
			c.bad(s.path, "unknown form field %q", name)
		}
	case rule.AxisName:
		if Axis(name) != Supervision && Axis(name) != Command {
			c.bad(s.path, "unknown axis %q", name)
		}
	}
}

func (s *Step) takesFiles() bool {
	return slices.ContainsFunc(s.Form, func(f field.Field) bool { return f.Files() })
}
