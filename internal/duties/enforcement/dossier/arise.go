package dossier

import (
	"context"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Arises is the relation of a dossier to the case that it arose from.
const Arises = "arises"

var arising = map[string]effect{Arises: arises}

// arises links the case that is being opened to the one its form names, by id or
// number. A name that is no case's is Invalid.
func arises(_ *Room, ctx context.Context, d *engine.Doing) error {
	said, _ := d.Input["incident"].(string)
	if said == "" {
		return nil
	}
	from, err := id.Parse(said)
	if err != nil {
		from, err = record.ByNumber(ctx, d.Tx, d.After.Division, said)
	}
	if err == nil {
		_, err = record.Find(ctx, d.Tx, d.After.Division, from)
	}
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.Invalid, "form.refused").Field("incident", "dossier.no_case", "said", said)
	}
	if err == nil {
		d.Event.Links = append(d.Event.Links, record.Link{Other: from, Relation: Arises})
	}
	return err
}
