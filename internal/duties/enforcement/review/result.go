package review

import (
	"cmp"
	"context"
	"slices"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Result is what a campaign found.
type Result struct {
	Scheme   *Scheme
	Kappa    Agreement            // over all items
	ByItem   map[string]Agreement // of each item
	Faults   []Common             // the most frequent first
	Units    []Unit               // by name: no order of merit
	Reading  []Reading            // 取长补短
	Finished int
}

// Agreement is Cohen's κ of two reviewers over pairs of answers.
type Agreement struct {
	Value float64
	Pairs int
}

// Common is a fault with how many files have it.
type Common struct {
	Item Item
	N    int
}

// Unit is what the files of a unit do well and what they lack.
type Unit struct {
	Name   string
	Files  int
	Faults []Common // items with a fault in the unit's files
	Good   []Common // items that all of its files meet while others' do not
}

// Reading is a file of another unit that is worth reading for an item.
type Reading struct {
	Unit string // that should read it
	Item Item
	File string // number of a file that meets the item
	ID   id.ID
}

// Results counts the final answers of a campaign's reviews.
func (m *Room) Results(ctx context.Context, campaign *engine.Snapshot) (out Result, err error) {
	defer fault.Trace(&err, "review.Results")
	if out.Scheme, err = m.scheme(campaign.Text("scheme"), version(campaign.Data["scheme_version"])); err != nil {
		return out, err
	}
	list, err := m.Reviews(ctx, campaign.Division, campaign.ID)
	if err != nil {
		return out, err
	}
	out.count(list)
	return out, nil
}

func (out *Result) count(list []*engine.Snapshot) {
	var every [][2]string
	byItem, units := map[string][][2]string{}, map[string][]*engine.Snapshot{}
	for _, r := range list {
		a, b := answersOf(r.Data["first"]), answersOf(r.Data["second"])
		for _, x := range out.Scheme.Items {
			if len(a) > 0 && len(b) > 0 {
				p := [2]string{a.Of(x.ID).Result, b.Of(x.ID).Result}
				every, byItem[x.ID] = append(every, p), append(byItem[x.ID], p)
			}
		}
		if r.Data["agreed"] != nil {
			units[r.Text("unit")] = append(units[r.Text("unit")], r)
			out.Finished++
		}
	}
	out.Kappa.Value, _ = Kappa(every)
	out.Kappa.Pairs = len(every)
	out.ByItem = map[string]Agreement{}
	for name, pairs := range byItem {
		v, _ := Kappa(pairs)
		out.ByItem[name] = Agreement{v, len(pairs)}
	}
	var all []*engine.Snapshot
	for _, files := range units {
		all = append(all, files...)
	}
	out.Faults = out.Scheme.faults(all)
	for name, files := range units {
		out.Units = append(out.Units, out.Scheme.unit(name, files, all))
	}
	slices.SortFunc(out.Units, func(a, b Unit) int { return cmp.Compare(a.Name, b.Name) })
	out.read(all)
}

// missed reports whether a review's final answer finds fault with the item.
func (s *Scheme) missed(r *engine.Snapshot, x Item) bool {
	a := answersOf(r.Data["agreed"]).Of(x.ID)
	return a.Result == Fault || a.Result == Part && x.Kind == Deduct
}

func (s *Scheme) faults(files []*engine.Snapshot) (out []Common) {
	for _, x := range s.Items {
		n := 0
		for _, r := range files {
			if s.missed(r, x) {
				n++
			}
		}
		if n > 0 {
			out = append(out, Common{x, n})
		}
	}
	slices.SortStableFunc(out, func(a, b Common) int { return cmp.Compare(b.N, a.N) })
	return out
}

func (s *Scheme) unit(name string, files, all []*engine.Snapshot) Unit {
	u := Unit{Name: name, Files: len(files), Faults: s.faults(files)}
	for _, c := range s.faults(all) {
		if !slices.ContainsFunc(u.Faults, func(own Common) bool { return own.Item.ID == c.Item.ID }) {
			u.Good = append(u.Good, c)
		}
	}
	return u
}

// read names for each fault of a unit a file of another unit that meets the item.
func (out *Result) read(all []*engine.Snapshot) {
	for _, u := range out.Units {
		for _, c := range u.Faults {
			for _, r := range all {
				if r.Text("unit") != u.Name && answersOf(r.Data["agreed"]).Of(c.Item.ID).Result == Met {
					out.Reading = append(out.Reading, Reading{Unit: u.Name, Item: c.Item, File: r.Text("case_number"), ID: r.Parent})
					break
				}
			}
		}
	}
}
