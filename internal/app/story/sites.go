package story

import (
	"context"
	"io/fs"

	"xiucheng/internal/duties/stall/sites"
	"xiucheng/internal/duties/stall/siting"
	"xiucheng/internal/ground/register"
)

// siting tells of the search for the next clusters: candidates, two scenarios, and
// the one that is followed.
func (s *story) siting(ctx context.Context) error {
	body, err := fs.ReadFile(s.files, "stall/candidates.csv")
	if err != nil {
		return err
	}
	clerk, err := s.actor("tandian1")
	if err != nil {
		return err
	}
	if _, _, err := s.Sites.Import(ctx, clerk, register.File{Name: "candidates.csv", Body: body}); err != nil {
		return err
	}
	head, err := s.actor("tandian2")
	if err != nil {
		return err
	}
	for _, x := range []struct {
		name   string
		count  int
		weight map[string]int
		why    string
	}{
		{"只看居民，增设两处（演示）", 2, map[string]int{siting.Residents: 1}, ""},
		{"居民与乱象并重，增设三处（演示）", 3, map[string]int{siting.Residents: 1, siting.Disorder: 50, siting.Complaints: 100}, "三处都避开主次干道和学校，先按此征求街道意见（演示）"},
	} {
		q, err := s.Sites.Ask(ctx, s.division.ID, sites.Wish{Count: x.count, Radius: 770, Days: 180, Weights: x.weight, Distances: siting.UsualDistances()})
		if err != nil {
			return err
		}
		kept, err := s.Sites.Keep(ctx, head, x.name, q)
		if err == nil && x.why != "" {
			err = s.Sites.Decide(ctx, head, kept.ID, x.why)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
