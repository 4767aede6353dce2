package web

import (
	"fmt"
	"net/http"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/shell/visit"
)

// takers are the roles that may carry away a case as a bundle.
var takers = []string{"shift_leader", "supervisor", "leader", "admin"}

// bundle sends the case with its files and proofs, without personal values.
func (d *Desk) bundle(w http.ResponseWriter, r *http.Request) error {
	s, _, err := d.find(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", nameOf(s.Row)+".zip"))
	_, err = d.Bundles.Write(r.Context(), w, visit.From(r.Context()).Division, s.ID, false)
	if err != nil {
		w.Header().Del("Content-Disposition") // where nothing was sent yet, the answer is a page
	}
	return err
}

// nameOf is how a file about the case is called.
func nameOf(r record.Row) string {
	if r.Number != "" {
		return r.Number
	}
	return r.ID.String()
}
