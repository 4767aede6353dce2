package engine

import (
	"context"

	"xiucheng/internal/casework/wording"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

// PublicWords is what a reporter reads about the case as it stands, in both
// languages; no is how the reader calls the case (the receipt code), "" its
// number. A state the public never meets has none.
func (e *Engine) PublicWords(ctx context.Context, s *Snapshot, no string) (t i18n.Text, err error) {
	defer fault.Trace(&err, "engine.PublicWords(%s)", s.ID)
	sc, err := e.look(ctx, e.DB, s, people.SystemActor(s.Division), nil, nil)
	if err != nil {
		return t, err
	}
	st := s.StateOf()
	if st == nil {
		return t, nil
	}
	given := fault.Args{}
	if no != "" {
		given["no"] = no
	}
	return wording.Fill(st.PublicWords(sc.view), sc.words(nil, given)), nil
}
