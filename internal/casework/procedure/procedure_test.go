package procedure

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/schema/procedure.schema.json")

func lamp(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile("testdata/lamp.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var world = World{
	Roles:    []string{"acceptor", "collector", "shift_leader", "dispatcher", "dept_desk", "supervisor", "leader", "admin", "officer"},
	Choices:  []string{},
	Do:       []string{},
	Settings: []string{"delay.max", "rework_clock", "suspend.on"},
	Laws:     []string{"12345-21", "12345-22", "12345-23", "12345-42", "12345-58"},
}

func TestAGoodProcedureLoads(t *testing.T) {
	p, err := Load("lamp.yaml", []byte(lamp(t)), world)
	if err != nil {
		t.Fatal(err)
	}
	if s, _ := p.Step("dispatch", "reported"); s == nil || s.Name.EN != "Dispatch" {
		t.Fatalf("dispatch from reported: %v", s)
	}
	if s, known := p.Step("dispatch", "closed"); s != nil || !known {
		t.Fatal("dispatch from closed must be known and not allowed")
	}
	if p.Named("note") == nil || !p.Named("note").Shared() {
		t.Fatal("shared steps are missing")
	}
}
func problemsOf(t *testing.T, src string) Problems {
	t.Helper()
	_, err := Load("x.yaml", []byte(src), world)
	var ps Problems
	if err != nil && !errors.As(err, &ps) {
		t.Fatalf("not Problems: %v", err)
	}
	return ps
}

// Each case changes the good file in one place and must be told so, with the
// line it stands on.
func TestEveryMistakeIsNamedWithItsLine(t *testing.T) {
	good := lamp(t)
	for name, c := range map[string]struct{ old, now, want string }{
		"unknown key":          {"owner: [acceptor]", "ownr: [acceptor]", "unknown key"},
		"key twice":            {"    axis: supervision\n    owner: [acceptor]", "    axis: supervision\n    axis: supervision\n    owner: [acceptor]", "already defined"},
		"unknown role":         {"who: [leader]", "who: [loader]", `unknown role "loader"`},
		"unit that checks":     {"    who: [acceptor]\n    axis: supervision", "    who: [acceptor, unit]\n    axis: supervision", "takes no step of the supervision"},
		"unknown stage":        {"stage: collect", "stage: colect", `unknown stage "colect"`},
		"unknown state":        {"to: [{state: waiting}]", "to: [{state: waitin}]", `unknown state "waitin"`},
		"state like a word":    {"  - id: waiting\n", "  - id: back\n", "back means something else"},
		"unknown form type":    {"{name: question, type: text, label", "{name: question, type: txt, label", `unknown type "txt"`},
		"unknown clock":        {"{start: info}", "{start: inf}", `unknown clock "inf"`},
		"unknown refusal":      {"refuse: L05", "refuse: L55", `unknown refusal "L55"`},
		"unknown setting":      {"key: delay.max", "key: delay.maximum", `unknown setting "delay.maximum"`},
		"unknown hook":         {"do: [number]", "do: [numbr]", `unknown hook "numbr"`},
		"unknown law":          {`law: "12345-21"`, `law: "12345-2"`, `unknown law "12345-2"`},
		"unknown choices":      {"default: fact.proposal}", "default: fact.proposal, choices: depts}", `unknown choices "depts"`},
		"undeclared fact":      {"fact.served", "fact.servd", "undeclared reference"},
		"undeclared field":     {"data.delays < set.delay_max", "data.delay < set.delay_max", "undeclared reference"},
		"undeclared setting":   {"data.delays < set.delay_max", "data.delays < set.delays_max", "undeclared reference"},
		"unknown step in CEL":  {"case.n('ask') < 1", "case.n('aks') < 1", `unknown step "aks"`},
		"unknown clock in CEL": {"case.running('objection')", "case.running('objecton')", `unknown clock "objecton"`},
		"wrong type":           {"value: data.returns + 1", "value: \"'x'\"", "gives string, want int"},
		"syntax":               {"data.asked == 0", "data.asked ==", "column"},
		"refusal without en":   {"en: Outside our area.", "en: ''", "refusal L02 lacks zh or en"},
		"no public words":      {"    public: [{text: {zh: 正在核查。, en: It is being checked.}}]\n", "", "state checking is open to the public and lacks public words"},
		"no expiry rule":       {"expiry: {step: resume}", "expiry: {}", "exactly one of step, alarm and none"},
		"expiry by people":     {"who: [dept_desk, system]\n    axis: command\n    clocks: [{stop: term}", "who: [dept_desk]\n    axis: command\n    clocks: [{stop: term}", "step resume is not the system's to take"},
		"unreachable":          {"to: [{state: suspended}]", "to: [{state: handling}]", "state suspended is unreachable"},
		"clock in an end":      {"clocks: [{stop: all}]", "clocks: [{stop: accept}]", "enters the terminal state void while agency clock"},
		"can never precede":    {"who: [citizen, collector, acceptor, system]\n", "who: [citizen, collector, acceptor, system]\n    apart: [check]\n", "step check can never come before report"},
		"two of one id":        {"  - id: reject\n", "  - id: ask\n", "two steps ask start from reported"},
		"only the citizen":     {"who: [citizen, acceptor, system]\n    form: [{name: text", "who: [citizen]\n    form: [{name: text", "step answer is not the system's to take"},
		"personal copied":      {"{field: source, value: input.source}", "{field: source, value: input.phone}", "personal field phone may not be copied"},
		"opens no case":        {"from: [none]", "from: [closed]", "no step opens a case"},
		"verb without clock":   {"{stop: info}", "{stop: info, start: info}", "want exactly one verb"},
		"unknown roll":         {"roll: keep", "roll: keeps", "next, keep or clear"},
		"part of a month":      {"{n: 6, unit: month}", "{n: 1.5, unit: month}", "whole for days"},
		"unknown law of many":  {`["12345-22", "12345-23"]`, `["12345-22", "12345-3"]`, `unknown law "12345-3"`},
		"barred by whom":       {"barred: {field: recused", "barred: {field: reason", "lists persons"},
		"faces":                {"faces: blurred", "faces: hidden", "want blurred or nothing"},
		"three officers":       {"officers: {n: 2", "officers: {n: 3", "one person or two"},
		"certificate":          {"certificate: enforcement", "certificate: driving", `unknown certificate "driving"`},
		"apart from a group":   {"of: [inspection]", "of: [inspections]", `unknown step or group "inspections"`},
		"apart from a parent":  {"of: [inspection]", "of: [parent]", "only a child"},
		"apart without words":  {"of: [inspection], refuse: L10", "of: [inspection]", "a refusal is needed"},
		"unknown need":         {"needs: suspend.on", "needs: suspend.off", `unknown setting "suspend.off"`},
		"awaits nothing":       {"    needs: suspend.on\n", "", "hangs on a setting"},
		"moves no parent":      {"    clocks: [{start: guarantee}]\n", "    parent: {step: served}\n", "only a child moves"},
		"rows without columns": {"type: rows, columns: [{name: part, type: text, label: {zh: 部件, en: Part}}, {name: n, type: int, label: {zh: 数量, en: Number}}]}", "type: rows}", "rows have columns"},
		"column of a place":    {"{name: made, type: date", "{name: made, type: place", "a column is text"},
		"input of a child":     {"input: {paper: input.paper", "input: {paper: input.papers", "undeclared reference"},
		"show_when":            {"show_when: result=not_fixed", "show_when: reslt=not_fixed", "want field=value|value"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(good, c.old) {
				t.Fatalf("the example does not contain %q", c.old)
			}
			src := strings.Replace(good, c.old, c.now, 1)
			ps := problemsOf(t, src)
			for _, p := range ps {
				if strings.Contains(p.Text, c.want) {
					if p.Line < 2 && name != "opens no case" {
						t.Errorf("%s: no line", p)
					}
					return
				}
			}
			t.Errorf("not told %q; told:\n%v", c.want, ps)
		})
	}
}

func TestAllMistakesAreToldAtOnceInOrderOfLine(t *testing.T) {
	src := strings.NewReplacer("who: [leader]", "who: [loader]", "{start: info}", "{start: inf}", "stage: work", "stage: wrk").Replace(lamp(t))
	ps := problemsOf(t, src)
	if len(ps) < 4 {
		t.Fatalf("told only %d:\n%v", len(ps), ps)
	}
	for i := 1; i < len(ps); i++ {
		if ps[i].Line < ps[i-1].Line {
			t.Fatalf("line %d comes after line %d", ps[i].Line, ps[i-1].Line)
		}
	}
	lines := strings.Split(src, "\n")
	for _, p := range ps {
		if strings.Contains(p.Text, "loader") && !strings.Contains(lines[p.Line-1], "loader") {
			t.Errorf("%s points at %q", p, lines[p.Line-1])
		}
	}
}
