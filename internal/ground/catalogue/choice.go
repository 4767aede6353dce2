package catalogue

import "xiucheng/internal/platform/i18n"

// Choice is one of the few everyday groups a citizen picks from: an icon, a
// plain name, and under it the classes in plain words.
type Choice struct {
	ID    string    `json:"id" yaml:"id"`
	Icon  string    `json:"icon" yaml:"icon"` // name of a Tabler icon
	Name  i18n.Text `json:"name" yaml:"name"`
	Items []Item    `json:"items" yaml:"items"` // the first is the usual one
	Words string    `json:"words,omitempty" yaml:"words,omitempty"`
	Rank  int       `json:"rank" yaml:"-"` // place in the pack's file
}

// Item is a class as a citizen would say it.
type Item struct {
	Class string    `json:"class" yaml:"class"`
	Name  i18n.Text `json:"name" yaml:"name"`
}

// Question is asked of a reporter when the class is chosen.
type Question struct {
	ID       string    `json:"id" yaml:"id"`
	Classes  Pattern   `json:"classes" yaml:"classes"`
	Ask      i18n.Text `json:"ask" yaml:"ask"`
	Type     string    `json:"type" yaml:"type"`
	Options  []Option  `json:"options,omitempty" yaml:"options,omitempty"`
	Required bool      `json:"required,omitempty" yaml:"required,omitempty"`
	Outcomes []Outcome `json:"outcomes,omitempty" yaml:"outcomes,omitempty"`
	Rank     int       `json:"rank" yaml:"-"` // place in the pack's file
}

// Types of questions. A yes/no question is answered "yes" or "no".
const (
	AskBool = "bool"
	AskEnum = "enum"
	AskText = "text"
)

// Option is one answer of an enum question.
type Option struct {
	Value string    `json:"value" yaml:"value"`
	Label i18n.Text `json:"label" yaml:"label"`
}

// Outcome is what an answer leads to.
type Outcome struct {
	Answer  string    `json:"answer" yaml:"answer"`
	Effect  string    `json:"effect" yaml:"effect"`
	Message i18n.Text `json:"message" yaml:"message"`
	Phone   string    `json:"phone,omitempty" yaml:"phone,omitempty"`
}

// Effects. Stop and Redirect end the form with the message: the first because
// a call comes before any form, the second because another body must act.
// Hazard goes on and marks the report as dangerous (priority P1); Inform only
// shows the message.
const (
	Stop     = "stop"
	Redirect = "redirect"
	Danger   = "hazard"
	Inform   = "inform"
)

// Outcome returns what the answer leads to; ok is false when it leads to
// nothing in particular.
func (q Question) Outcome(answer string) (o Outcome, ok bool) {
	for _, o := range q.Outcomes {
		if o.Answer == answer {
			return o, true
		}
	}
	return Outcome{}, false
}

// Answers reports whether the value is an answer to the question: yes or no,
// one of the options, or any text up to 500 bytes. An empty value answers only
// what is not required.
func (q Question) Answers(value string) bool {
	if value == "" {
		return !q.Required
	}
	switch q.Type {
	case AskBool:
		return value == "yes" || value == "no"
	case AskEnum:
		for _, o := range q.Options {
			if o.Value == value {
				return true
			}
		}
		return false
	}
	return len(value) <= 500
}
