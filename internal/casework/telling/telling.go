// Package telling makes the notices of a step: who a procedure's tell means and
// what they read. Keeping notices belongs to notice, filling sentences to wording.
package telling

import (
	"cmp"
	"time"

	"xiucheng/internal/casework/notice"
	"xiucheng/internal/casework/party"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/casework/wording"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// Case is a case as the step leaves it, with what its sentences need. The
// functions are called when a tell first needs them.
type Case struct {
	*record.Case
	State     *procedure.State
	Data      map[string]any
	View      *rule.View
	Now       time.Time
	Words     func() fault.Args
	Reporters func() ([]party.Party, error)
	Targets   func(to string) ([]notice.Notice, error) // the duty's; nil for a target it does not know
}

// Make makes the notices of the tells whose conditions hold, with how many each
// reached as the event says it.
func (c Case) Make(tells []procedure.Tell) (all []notice.Notice, told []record.Told, err error) {
	var args fault.Args
	for i := range tells {
		t := &tells[i]
		ok, err := t.Holds(c.View)
		if err != nil {
			return nil, nil, err
		}
		if !ok {
			continue
		}
		if args == nil {
			args = c.Words()
		}
		list, err := c.tell(t, args)
		if err != nil {
			return nil, nil, err
		}
		if len(list) > 0 {
			told = append(told, record.Told{To: t.To, N: len(list)})
		}
		all = append(all, list...)
	}
	return all, told, nil
}

// tell makes the notices of one tell.
func (c Case) tell(t *procedure.Tell, args fault.Args) (list []notice.Notice, err error) {
	text := t.Text
	switch t.To {
	case "reporters":
		if text.ZH == "" {
			text = c.State.PublicWords(c.View)
		}
		if text.ZH == "" {
			return nil, nil
		}
		parties, err := c.Reporters()
		if err != nil {
			return nil, err
		}
		for _, pt := range parties {
			list = append(list, notice.Notice{Kind: notice.Party, Target: pt.ID.String(), Text: wording.ToParty(text, args, pt.Last4)})
		}
	case "assignee", "handler":
		list = notice.One(notice.Account, c.text(t.To))
	case "dept":
		list = notice.One(notice.Dept, c.text("dept"))
	case "dept_head":
		list = notice.One(notice.DeptHead, c.text("dept"))
	case "co_depts":
		depts, _ := c.Data["co_depts"].([]string)
		for _, d := range depts {
			list = append(list, notice.One(notice.Dept, d)...)
		}
	default:
		if list, err = c.targets(t.To); err != nil {
			return nil, err
		}
	}
	if title := c.text("title"); title != "" {
		args = wording.Called(args, "“"+title+"”")
	}
	return c.addressed(list, text, args), nil
}

// targets are the duty's, else a role is meant; owner is whoever must act next.
func (c Case) targets(to string) ([]notice.Notice, error) {
	if list, err := c.Targets(to); err != nil || list != nil {
		return list, err
	}
	if to != procedure.Owner {
		return notice.One(notice.Role, to), nil
	}
	var list []notice.Notice
	for _, r := range c.State.Owner {
		if r != procedure.Citizen && r != procedure.System {
			list = append(list, notice.One(notice.Role, r)...)
		}
	}
	return list, nil
}

// addressed completes notices with what all of a case's have in common.
func (c Case) addressed(list []notice.Notice, text i18n.Text, args fault.Args) []notice.Notice {
	for i := range list {
		n := &list[i]
		n.Division, n.ID, n.Case, n.Seq, n.At = c.Division, id.New(), c.ID, c.Version, c.Now
		if n.Kind == notice.Role {
			n.Scope = cmp.Or(n.Scope, c.Grid)
		}
		if n.Text.ZH == "" {
			n.Text = wording.Fill(text, args)
		}
	}
	return list
}

func (c Case) text(field string) string {
	s, _ := c.Data[field].(string)
	return s
}
