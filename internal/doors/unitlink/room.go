package unitlink

import (
	"cmp"
	"context"
	"crypto/hmac"
	"encoding/json"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/duties/joint/operation"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/resident"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/message"
	"xiucheng/internal/shell/stepform"
)

// Room is the use cases of this room. Engine and Messages are set when they
// exist: the engine itself is made with the room's effects.
type Room struct {
	DB         *dbx.DB
	Clock      clock.Clock
	Engine     *engine.Engine
	People     *people.Service
	Catalogues *catalogue.Service
	Operations *operation.Room
	Settings   func(ctx context.Context, division id.ID) (*pack.Settings, error)
	Messages   *message.Service
	Photos     *stepform.Desk
	BaseURL    string // for links that are sent; "" when nothing tells it
}

// Effects are what the steps send_link and revoke_link do.
func (r *Room) Effects() map[string]func(context.Context, *engine.Doing) error {
	return map[string]func(context.Context, *engine.Doing) error{"send_link": r.issue, "revoke_link": r.revoke}
}

func typed(d *engine.Doing, name string) string {
	s, _ := d.Input[name].(string)
	return strings.TrimSpace(s)
}

// asked is the department that a link is for: the one that the form names, else
// the one that the case is with.
func asked(d *engine.Doing) string { return cmp.Or(typed(d, "unit"), d.After.Text("dept")) }

// issue makes a link and has it sent where an address was given.
func (r *Room) issue(ctx context.Context, d *engine.Doing) error {
	days, _ := d.Input["days"].(int64)
	l := Link{Division: d.After.Division, ID: id.New(), Case: d.After.ID, Dept: asked(d), Seq: d.Event.Seq, Issued: d.Now, IssuedBy: d.Actor.Name,
		Expires: until(d.Now, min(max(int(days), 1), MaxDays))}
	to := ""
	if contact := typed(d, "contact"); contact != "" {
		var err error
		if to, err = resident.Address(contact); err != nil {
			return fault.New(fault.Invalid, "form.refused").Field("contact", "unitlink.contact_wrong")
		}
	}
	if err := insert(ctx, d.Tx, l); err != nil {
		return err
	}
	if err := r.note(ctx, d.Tx, d.Actor, d.Now, "link.issue", d.After, map[string]any{"link": l.ID, "dept": l.Dept, "until": l.Expires}); err != nil {
		return err
	}
	key, err := needSecret(ctx, d.Tx, l.Division)
	if err != nil || to == "" || r.BaseURL == "" {
		return err
	}
	return r.send(ctx, d, l, to, r.BaseURL+"/u/"+l.token(key))
}

func (r *Room) send(ctx context.Context, d *engine.Doing, l Link, to, address string) error {
	set, err := r.Settings(ctx, l.Division)
	if err != nil {
		return err
	}
	urgent, _ := d.After.Data["urgent_column"].(bool)
	return r.Messages.Queue(ctx, d.Tx, message.Message{Division: l.Division, Key: "unit-link:" + l.ID.String(), Channel: way(to), To: to, Template: kinds[d.After.Procedure].letter,
		Args: map[string]string{"name": typed(d, "recipient"), "no": d.After.Number, "address": d.After.Address, "link": address, "until": shown(l.Expires),
			"title": d.After.Title, "day": d.After.Text("day"), "phone": set.Text("contact.phone")}, Lang: i18n.ZH, Urgent: urgent})
}

// way is how an address of resident.Address is reached.
func way(address string) message.Channel {
	if strings.Contains(address, "@") {
		return message.Mail
	}
	return message.SMS
}

// revoke ends a link of the case; one of another case is NotFound.
func (r *Room) revoke(ctx context.Context, d *engine.Doing) error {
	link, err := id.Parse(typed(d, "link"))
	if err != nil {
		return fault.Missing("link")
	}
	n, err := d.Tx.Exec(ctx, `UPDATE unit_link SET revoked = $1, revoked_by = $2 WHERE division = $3 AND id = $4 AND case_id = $5 AND revoked = 0`,
		clock.Micro(d.Now), d.Actor.Name, d.After.Division, link, d.After.ID)
	if err == nil && n == 0 {
		err = fault.Missing("link")
	}
	if err != nil {
		return err
	}
	return r.note(ctx, d.Tx, d.Actor, d.Now, "link.revoke", d.After, map[string]any{"link": link})
}

func (r *Room) note(ctx context.Context, tx *dbx.Tx, actor people.Actor, at time.Time, what string, s *engine.Snapshot, of map[string]any) error {
	return people.Note(ctx, tx, actor, at, what, s.ID.String(), nil, of)
}

// Of lists the links of a case, the latest first, with who they went to and how
// often they were used.
func (r *Room) Of(ctx context.Context, s *engine.Snapshot) (_ []Link, err error) {
	defer fault.Trace(&err, "unitlink.Of(%s)", s.ID)
	list, err := ofCase(ctx, r.DB, s.Division, s.ID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	personal, err := record.PersonalOf(ctx, r.DB, s.Division, s.ID)
	if err != nil {
		return nil, err
	}
	for i := range list {
		l := &list[i]
		for _, p := range personal {
			if p.Seq != l.Seq || p.Value == "" {
				continue
			}
			into := map[string]*string{"recipient": &l.To, "contact": &l.Contact}[p.Field]
			if into == nil {
				continue
			}
			if err := json.Unmarshal([]byte(p.Value), into); err != nil {
				return nil, err
			}
		}
		for _, t := range s.Log {
			if t.Actor == rule.LinkPrefix+l.ID.String() {
				l.Used, l.Uses = t.At, l.Uses+1
			}
		}
	}
	return list, nil
}

// Address is the whole address of the link that a step of the case issued, to be
// shown this once, under the site's own address.
func (r *Room) Address(ctx context.Context, s *engine.Snapshot, seq int64, site string) (_ string, err error) {
	defer fault.Trace(&err, "unitlink.Address(%s)", s.ID)
	list, err := ofCase(ctx, r.DB, s.Division, s.ID)
	if err != nil {
		return "", err
	}
	key, err := secret(ctx, r.DB, s.Division)
	if err != nil {
		return "", err
	}
	for _, l := range list {
		if l.Seq == seq {
			return site + "/u/" + l.token(key), nil
		}
	}
	return "", fault.Missing("link")
}

// Find is the link of a token, its case, and whether it opens it. The case is
// read before the link: whoever acts on that version of the case was not revoked.
func (r *Room) Find(ctx context.Context, token string) (l Link, s *engine.Snapshot, over Over, err error) {
	defer fault.Trace(&err, "unitlink.Find") // never the token
	link, sign, ok := tokenID(token)
	if !ok {
		return l, nil, Unknown, nil
	}
	if l, err = byID(ctx, r.DB, link); fault.Is(err, fault.NotFound) {
		return l, nil, Unknown, nil
	} else if err != nil {
		return l, nil, Unknown, err
	}
	key, err := secret(ctx, r.DB, l.Division)
	if err != nil || len(key) == 0 || !hmac.Equal(sign, l.sign(key)) {
		return Link{}, nil, Unknown, err
	}
	if s, err = r.Engine.Find(ctx, l.Division, l.Case); err != nil {
		return l, nil, Unknown, err
	}
	if l, err = byID(ctx, r.DB, link); err != nil {
		return l, nil, Unknown, err
	}
	return l, s, l.Over(s, r.Clock.Now()), nil
}

// open notes that somebody looked for the first time.
func (r *Room) open(ctx context.Context, l Link) error {
	if !l.Opened.IsZero() {
		return nil
	}
	return r.DB.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE unit_link SET opened = $1 WHERE division = $2 AND id = $3 AND opened = 0`, clock.Micro(r.Clock.Now()), l.Division, l.ID)
		return err
	})
}

// Act takes a step for whoever came by the link. Refusals are those of the
// engine; the version is that of the case as Find read it, where the form has
// none.
func (r *Room) Act(ctx context.Context, l Link, s *engine.Snapshot, a engine.Act, name string) (err error) {
	defer fault.Trace(&err, "unitlink.Act(%s)", a.Step)
	a.Case, a.Actor = s.ID, l.Actor(name)
	if a.Version == 0 {
		a.Version = s.Version
	}
	res, err := r.Engine.Act(ctx, a)
	if err != nil || res.Replayed {
		return err
	}
	return r.DB.Write(ctx, func(tx *dbx.Tx) error {
		return r.note(ctx, tx, a.Actor, r.Clock.Now(), "link.use", s, map[string]any{"link": l.ID, "step": a.Step, "seq": res.Version})
	})
}
