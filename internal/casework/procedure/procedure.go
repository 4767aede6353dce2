// Package procedure is the shape of lawful work: states, steps, forms, guards,
// clocks and refusals, as data. One YAML file in a pack is one Procedure.
//
// It owns decoding, checking and compiling a file. It does not run cases
// (engine), does not keep time (clock) and stores nothing.
package procedure

import (
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/platform/i18n"
)

// Procedure is one decoded file. A case keeps the version it began with.
type Procedure struct {
	ID       string               `yaml:"procedure"`
	Version  int                  `yaml:"version"`
	Title    i18n.Text            `yaml:"title"`
	Basis    []string             `yaml:"basis"`
	Child    bool                 `yaml:"child,omitempty"` // opened only from another case
	Number   string               `yaml:"number,omitempty"`
	Stages   []Stage              `yaml:"stages"`
	States   []State              `yaml:"states"`
	Data     []field.Field        `yaml:"data"`
	Facts    []Fact               `yaml:"facts,omitempty"`
	Settings []Setting            `yaml:"settings,omitempty"`
	Clocks   []Clock              `yaml:"clocks"`
	Refusals map[string]i18n.Text `yaml:"refusals"`
	Steps    []Step               `yaml:"steps"`
	Without  []string             `yaml:"without,omitempty"` // shared steps this procedure does not have
	Barred   *Barred              `yaml:"barred,omitempty"`
	Faces    string               `yaml:"faces,omitempty"` // blurred: its photos catch people who have no part in the case

	sum    string // SHA-256 of the source in hex
	source []byte
	file   string
	index
}

// Barred names the data field that lists the accounts of persons who take no
// further part: who was recused 回避. It holds for the children of a case too.
type Barred struct {
	Field  string `yaml:"field"`  // a list of person
	Refuse string `yaml:"refuse"` // refusal of every step of theirs
}

// Blurred is the one value of Faces: every photo of a case is shown only with
// the faces blurred. The file itself stays as it was sent.
const Blurred = "blurred"

// Stage groups states for people: 信息收集, 案卷建立 …
type Stage struct {
	ID   string    `yaml:"id"`
	Name i18n.Text `yaml:"name"`
}

// Axis is the side of the wall a state or step belongs to.
type Axis string

// The axes. Neutral steps (report, note, urge …) stand outside the wall.
const (
	Neutral     Axis = ""
	Supervision Axis = "supervision"
	Command     Axis = "command"
)

// State is where a case can be.
type State struct {
	ID       string    `yaml:"id"`
	Name     i18n.Text `yaml:"name"`
	Stage    string    `yaml:"stage"`
	Axis     Axis      `yaml:"axis,omitempty"`
	Owner    []string  `yaml:"owner,omitempty"`    // roles that must act next
	Terminal bool      `yaml:"terminal,omitempty"` // no agency clock runs here
	End      string    `yaml:"end,omitempty"`      // terminal: fixed, unfixable, not_ours, void, merged, withdrawn
	Open311  string    `yaml:"open311,omitempty"`  // open or closed
	Clock    string    `yaml:"clock,omitempty"`    // whose due instant sorts the queue here
	Public   []Wording `yaml:"public,omitempty"`   // first whose When holds; the last has none
}

// Wording is a sentence chosen by a condition.
type Wording struct {
	When string    `yaml:"when,omitempty"`
	Text i18n.Text `yaml:"text"`

	when *rule.Expr
}

// Fact is a value the duty computes when a guard, a default or an effect asks
// for it: a route proposal, whether a condition belongs to a class.
type Fact struct {
	Name  string     `yaml:"name"`
	Type  field.Type `yaml:"type"`
	List  bool       `yaml:"list,omitempty"`
	Doc   string     `yaml:"doc"`
	Input bool       `yaml:"input,omitempty"` // needs the step's input, so it cannot be known when offers are drawn
}

// Setting is a value of the division's settings that guards read as set.<name>.
type Setting struct {
	Name string     `yaml:"name"` // dots of the settings index become underscores: delay.max → delay_max
	Key  string     `yaml:"key"`
	Type field.Type `yaml:"type"`
	List bool       `yaml:"list,omitempty"`
}

// Limit is a budget of time. N is exact in quarters for hours, whole for days.
type Limit struct {
	N    float64 `yaml:"n"`
	Unit string  `yaml:"unit"` // working_hour continuous_hour working_day natural_day month year
}

// Clock is a running time limit a step can start.
type Clock struct {
	ID       string    `yaml:"id"`
	Name     i18n.Text `yaml:"name"`
	Limit    *Limit    `yaml:"limit,omitempty"`    // none: the start effect gives limit or until
	Urgent   *Limit    `yaml:"urgent,omitempty"`   // used when data.urgent_column is true at start
	Party    string    `yaml:"party,omitempty"`    // agency (default) or citizen
	Calendar string    `yaml:"calendar,omitempty"` // desk (default) or dept
	Roll     string    `yaml:"roll,omitempty"`     // a period of law: next, keep or clear
	Mark     string    `yaml:"mark,omitempty"`     // role or "department" whose lateness a breach is
	Expiry   Expiry    `yaml:"expiry"`
	Ladder   []Rung    `yaml:"ladder,omitempty"`
}

// Expiry is what happens the instant after due. Exactly one of Step, Alarm and
// None is given.
type Expiry struct {
	Step  string            `yaml:"step,omitempty"`  // taken by the system
	Input map[string]string `yaml:"input,omitempty"` // CEL per field
	Alarm []string          `yaml:"alarm,omitempty"` // roles told; the state stays
	After float64           `yaml:"after,omitempty"` // multiples of the limit to wait past start: take expires at 2 ×
	None  bool              `yaml:"none,omitempty"`  // declared: nothing happens, the offer is blocked

	input map[string]*rule.Expr
}

// Rung is one rung of an escalation ladder; each fires once per run.
type Rung struct {
	ID       string            `yaml:"id"`
	Used     float64           `yaml:"used,omitempty"` // share of the limit used: 0.75
	Past     *float64          `yaml:"past,omitempty"` // share of the limit past due: 0, 0.25, 1
	MinHours float64           `yaml:"min_hours,omitempty"`
	MinDays  int               `yaml:"min_days,omitempty"`
	Step     string            `yaml:"step,omitempty"`
	Input    map[string]string `yaml:"input,omitempty"`
	Tell     []Tell            `yaml:"tell,omitempty"`

	input map[string]*rule.Expr
}

// Step is one thing that can be done to a case.
type Step struct {
	ID     string    `yaml:"id"`
	Name   i18n.Text `yaml:"name"`
	Doc    string    `yaml:"doc,omitempty"`
	From   []string  `yaml:"from"`             // state ids; "none" opens a case; "open" = every non-terminal; "any" = every state
	To     []Target  `yaml:"to,omitempty"`     // first whose When holds; empty: the state stays
	Who    []string  `yaml:"who"`              // roles; "system"; "citizen" = holder of a receipt code of this case; "unit" = who came by a link
	Holder string    `yaml:"holder,omitempty"` // "assignee": only the person in data.assignee; "dept": only people of data.dept
	Axis   Axis      `yaml:"axis,omitempty"`
	Group  string    `yaml:"group,omitempty"`  // a kind of work, for apart_ever: investigation
	Apart  []string  `yaml:"apart,omitempty"`  // ≠by: not the actor of the latest of these steps
	Refuse string    `yaml:"refuse,omitempty"` // refusal when apart fails; R04 if none

	ApartEver []Apart   `yaml:"apart_ever,omitempty"` // never anybody of these steps, over the whole timeline
	Officers  *Officers `yaml:"officers,omitempty"`
	Needs     string    `yaml:"needs,omitempty"`  // a setting that is on or off; off: the step is not offered
	Awaits    string    `yaml:"awaits,omitempty"` // the law whose confirmation would switch it on, for administrators

	Form    []field.Field `yaml:"form,omitempty"`
	Guards  []Guard       `yaml:"guards,omitempty"`
	Set     []Assign      `yaml:"set,omitempty"`
	Clocks  []Verb        `yaml:"clocks,omitempty"`
	Tell    []Tell        `yaml:"tell,omitempty"`
	Do      []string      `yaml:"do,omitempty"`     // named hooks of the duty, in the same transaction: merge, split, co_tasks
	Open    []Opening     `yaml:"open,omitempty"`   // child cases, in the same transaction
	Parent  *Parent       `yaml:"parent,omitempty"` // a step of the case this one hangs on, in the same transaction
	Recall  int           `yaml:"recall,omitempty"` // minutes in which its actor may recall it
	Law     Laws          `yaml:"law,omitempty"`
	Hidden  bool          `yaml:"hidden,omitempty"`  // system steps: never drawn as a button
	Primary bool          `yaml:"primary,omitempty"` // the usual next act of the state
	Seldom  bool          `yaml:"seldom,omitempty"`  // folded where a state offers many
	Public  bool          `yaml:"public,omitempty"`  // shown to the reporter in the follow page's history

	shared bool
	from   map[string]bool // the states From means
	form   map[string]*field.Field
}

// Apart refuses whoever ever was actor or second officer of a step. Of names
// groups and steps of this procedure, "any" for every step of the case, "parent"
// for every step of the case this one hangs on.
type Apart struct {
	Of     []string `yaml:"of"`
	Refuse string   `yaml:"refuse"`
	Law    Laws     `yaml:"law,omitempty"`
}

// Officers says how many persons take the step together and what they must
// hold on the day. With two, the form asks for the second: "second_officer".
type Officers struct {
	N           int      `yaml:"n"`                     // 1 or 2
	Certificate string   `yaml:"certificate,omitempty"` // enforcement, host, supervision or legal; none: no certificate is asked for
	Roles       []string `yaml:"roles,omitempty"`       // of the second; those of who if none
	Refuse      string   `yaml:"refuse"`
	Law         Laws     `yaml:"law,omitempty"`
}

// Opening opens a case that hangs on this one by a step from "none", which is
// the system's or the actor's own to take.
type Opening struct {
	Procedure string            `yaml:"procedure"`
	Step      string            `yaml:"step"`
	When      string            `yaml:"when,omitempty"`
	Input     map[string]string `yaml:"input,omitempty"`   // CEL per field of that step's form
	KeepAs    string            `yaml:"keep_as,omitempty"` // relation of the link to it

	when  *rule.Expr
	input map[string]*rule.Expr
}

// Parent takes a step of the system's in the case that this one hangs on.
type Parent struct {
	Step  string            `yaml:"step"`
	When  string            `yaml:"when,omitempty"`
	Input map[string]string `yaml:"input,omitempty"` // CEL per field of that step's form

	when  *rule.Expr
	input map[string]*rule.Expr
}

// Target is a state reached when a condition holds.
type Target struct {
	State string `yaml:"state"` // "=" stays; "back" returns to the terminal state left last
	When  string `yaml:"when,omitempty"`

	when *rule.Expr
}

// Guard must hold or the step is refused with the sentence Refuse.
// If is CEL over state, now, actor.*, data.*, input.*, fact.*, set.* and case.
type Guard struct {
	If     string            `yaml:"if"`
	Refuse string            `yaml:"refuse"`
	Args   map[string]string `yaml:"args,omitempty"` // CEL (string) per placeholder of the sentence
	Law    Laws              `yaml:"law,omitempty"`

	holds *rule.Expr
	args  map[string]*rule.Expr
}

// Assign sets one data field. Fields every procedure may declare and that are
// also columns of the case: class, dept, assignee, priority, grid, place.
type Assign struct {
	Field string `yaml:"field"`
	Value string `yaml:"value"` // CEL; "none" empties the field
	When  string `yaml:"when,omitempty"`

	value, when *rule.Expr
}

// Verb moves a clock. Exactly one of the verbs names a clock; "all" is allowed
// for stop.
type Verb struct {
	Start   string `yaml:"start,omitempty"`
	Stop    string `yaml:"stop,omitempty"`
	Pause   string `yaml:"pause,omitempty"`
	Resume  string `yaml:"resume,omitempty"`
	Restart string `yaml:"restart,omitempty"`
	Extend  string `yaml:"extend,omitempty"`  // from the old due by By
	Hold    string `yaml:"hold,omitempty"`    // a request is pending: a breach is not marked yet
	Release string `yaml:"release,omitempty"` // the request was refused or ended: mark as if never held
	Retime  string `yaml:"retime,omitempty"`  // same start, new Limit; a past due keeps the old one

	When  string `yaml:"when,omitempty"`
	Limit string `yaml:"limit,omitempty"` // "case" = the case's own limit (data.limit_n, data.limit_unit); "rework" = by rework_clock; "half_urgent"; or CEL string "n unit"
	Until string `yaml:"until,omitempty"` // CEL timestamp: due given, not computed
	By    string `yaml:"by,omitempty"`    // CEL int, in the clock's unit
	AsOf  string `yaml:"as_of,omitempty"` // CEL timestamp in the past: start counts from there, pause ends there

	when, limit, until, by, asOf *rule.Expr
	fixed                        *Limit // a Limit written out, such as "2 working_hour"
}

// Tell makes a notice, delivered once per person and event.
type Tell struct {
	To   string    `yaml:"to"`             // reporters, assignee, handler, dept, dept_head, or a role id
	Text i18n.Text `yaml:"text,omitempty"` // empty for reporters: the new state's public words
	When string    `yaml:"when,omitempty"`

	when *rule.Expr
}
