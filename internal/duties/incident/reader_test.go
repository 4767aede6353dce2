package incident

import (
	"testing"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/event"
	"xiucheng/internal/platform/id"
)

func TestDossiersAreForEnforcementAndOversight(t *testing.T) {
	division := id.New()
	dossier := record.Row{Division: division, Procedure: "enf.ordinary", Dept: "ZHZF"}
	heard := event.Event{Topic: record.Topic, Data: `{"procedure":"enf.service"}`}
	for role, reads := range map[string]bool{
		"officer": true, "legal": true, "archivist": true, "supervisor": true, "leader": true,
		"acceptor": false, "shift_leader": false, "dispatcher": false, "admin": false, "reviewer": false, "dept_desk": false, "handler": false,
	} {
		a := people.Actor{Division: division, Account: id.New(), Posts: []people.Grant{{Role: role, Department: "ZHZF"}}}
		f := Narrow(a, record.Filter{})
		if MayRead(a, dossier) != reads || MayHear(a, heard) != reads || (f.Without == "") != reads {
			t.Errorf("%s: reads %v, hears %v, lists without %q", role, MayRead(a, dossier), MayHear(a, heard), f.Without)
		}
		if !MayHear(a, event.Event{Topic: record.Topic, Data: `{"procedure":"incident"}`}) || !MayHear(a, event.Event{Topic: "notice"}) {
			t.Errorf("%s does not hear of what is no dossier", role)
		}
	}
}
