package web

import (
	"net/http"

	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
)

// hiders are the roles that take a photo off every page when somebody can be
// recognised in it after all: who leads the people that took it, and who
// answers for personal data.
var hiders = []string{"duty_lead", "stall_head", "street_head", "shift_leader", "supervisor", "leader", "privacy_officer"}

// hide takes a photo with blurred faces off every page, or puts it back.
func (d *Desk) hide(w http.ResponseWriter, r *http.Request) error {
	s, actor, err := d.find(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "fault.bad_request")
	}
	away := r.PostForm.Get("away") == "1"
	err = d.DB.Write(r.Context(), func(tx *dbx.Tx) error {
		return evidence.Hide(r.Context(), tx, s.Division, s.ID, r.PostForm.Get("sha"), away, actor.Name, d.Clock.Now())
	})
	if err != nil {
		return err
	}
	said := map[bool]string{true: "desk.hidden", false: "desk.shown"}
	if err := httpx.SetFlash(w, httpx.Flash{Key: said[away]}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/cases/"+s.ID.String())
}
