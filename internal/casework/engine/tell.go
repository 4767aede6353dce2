package engine

import (
	"cmp"

	"xiucheng/internal/casework/notice"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/wording"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// tells makes the step's notices. Their words are those of the case as the
// step leaves it.
func (p *plan) tells() error {
	all := p.step.Tell
	if len(p.alarm) > 0 {
		all = append(append([]procedure.Tell(nil), all...), p.alarm...)
	}
	if len(all) == 0 {
		return nil
	}
	before := p.snap
	p.snap = p.after
	defer func() { p.snap = before }()
	var args fault.Args
	for i := range all {
		t := &all[i]
		ok, err := t.Holds(p.view)
		if err != nil {
			return p.broken(err)
		}
		if !ok {
			continue
		}
		if args == nil {
			args = p.words(p.step, nil)
			if p.number {
				args["no"] = notice.NumberToCome
			}
		}
		if err := p.tell(t, args); err != nil {
			return err
		}
	}
	return nil
}

func (p *plan) tell(t *procedure.Tell, args fault.Args) error {
	text := t.Text
	var list []notice.Notice
	switch t.To {
	case "reporters":
		if text.ZH == "" {
			text = p.after.StateOf().PublicWords(p.view)
		}
		if text.ZH == "" {
			return nil
		}
		parties, err := p.reporters()
		if err != nil {
			return err
		}
		for _, pt := range parties {
			list = append(list, notice.Notice{Kind: notice.Party, Target: pt.ID.String(), Text: wording.ToParty(text, args, pt.Last4)})
		}
	case "assignee", "handler":
		list = notice.One(notice.Account, p.after.Text(t.To))
	case "dept":
		list = notice.One(notice.Dept, p.after.Text("dept"))
	case "dept_head":
		list = notice.One(notice.DeptHead, p.after.Text("dept"))
	case "co_depts":
		depts, _ := p.after.Data["co_depts"].([]string)
		for _, d := range depts {
			list = append(list, notice.One(notice.Dept, d)...)
		}
	default:
		var err error
		if list, err = p.targets(t.To); err != nil {
			return err
		}
	}
	if title := p.after.Text("title"); title != "" {
		args = wording.Called(args, "“"+title+"”")
	}
	p.post(t.To, text, args, list)
	return nil
}

// targets asks the duty, else a role is meant; owner is whoever must act next.
func (p *plan) targets(to string) ([]notice.Notice, error) {
	if h := p.e.hooks[p.after.Proc.ID]; h.Targets != nil {
		list, err := h.Targets(p.ctx, p.asking(p.step), to)
		if err != nil || list != nil {
			return list, err
		}
	}
	if to != procedure.Owner {
		return notice.One(notice.Role, to), nil
	}
	var list []notice.Notice
	for _, r := range p.after.StateOf().Owner {
		if r != procedure.Citizen && r != procedure.System {
			list = append(list, notice.One(notice.Role, r)...)
		}
	}
	return list, nil
}

func (p *plan) post(to string, text i18n.Text, args fault.Args, list []notice.Notice) {
	for _, n := range list {
		n.Division, n.ID, n.Case, n.Seq, n.At = p.after.Division, id.New(), p.after.ID, p.body.Seq, p.now
		if n.Kind == notice.Role {
			n.Scope = cmp.Or(n.Scope, p.after.Grid)
		}
		if n.Text.ZH == "" {
			n.Text = wording.Fill(text, args)
		}
		p.notices = append(p.notices, n)
	}
	if len(list) > 0 {
		p.body.Tells = append(p.body.Tells, record.Told{To: to, N: len(list)})
	}
}
