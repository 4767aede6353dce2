package rule

import (
	"math"
	"strings"
	"time"
)

// count is how often the step was accepted after the seq; recalled ones never
// happened.
func (v *View) count(step string, after int64) int {
	n := 0
	for i := range v.Log {
		if t := &v.Log[i]; t.Step == step && t.Seq > after && !t.Recalled {
			n++
		}
	}
	return n
}

// Latest is the last accepted taking of the step, nil if there is none.
func (v *View) Latest(step string) *Taken {
	for i := len(v.Log) - 1; i >= 0; i-- {
		if t := &v.Log[i]; t.Step == step && !t.Recalled {
			return t
		}
	}
	return nil
}

func (v *View) first(step string) *Taken {
	for i := range v.Log {
		if t := &v.Log[i]; t.Step == step && !t.Recalled {
			return t
		}
	}
	return nil
}

func (v *View) latestBy(account, step string) *Taken {
	for i := len(v.Log) - 1; i >= 0; i-- {
		if t := &v.Log[i]; t.Step == step && t.Actor == account && !t.Recalled {
			return t
		}
	}
	return nil
}

func (v *View) times(account, step string) int {
	n := 0
	for i := range v.Log {
		if t := &v.Log[i]; t.Step == step && t.Actor == account && !t.Recalled {
			n++
		}
	}
	return n
}

func (v *View) last() string {
	for i := len(v.Log) - 1; i >= 0; i-- {
		if t := &v.Log[i]; !asides[t.Step] && !t.Recalled {
			return t.Step
		}
	}
	return ""
}

// reopened is the seq of the last reopening: an objection or a review.
func (v *View) reopened() int64 {
	for i := len(v.Log) - 1; i >= 0; i-- {
		if t := &v.Log[i]; (t.Step == "object" || t.Step == "reopen") && !t.Recalled {
			return t.Seq
		}
	}
	return 0
}

func (v *View) did(account, step string) bool {
	for i := range v.Log {
		if t := &v.Log[i]; t.Step == step && t.By(account) {
			return true
		}
	}
	return false
}

// with is the last accepted taking of the step whose form said so, nil if there
// is none.
func (v *View) with(step, field, text string) (*Taken, error) {
	for i := len(v.Log) - 1; i >= 0; i-- {
		t := &v.Log[i]
		if t.Step != step || t.Recalled {
			continue
		}
		said, err := v.Answers(t.Seq)
		if err != nil || said[field] == text {
			return t, err
		}
	}
	return nil, nil
}

// Took reports whether the account took a step of the axis in this case. A
// recalled step counts: who touched one side has touched it.
func (v *View) Took(account string, axis string) bool {
	return v.TookStep(account, axis) != ""
}

// TookStep is the latest step of the axis the account took, "" if none.
func (v *View) TookStep(account string, axis string) string {
	if account == "" || axis == "" {
		return ""
	}
	for i := len(v.Log) - 1; i >= 0; i-- {
		t := &v.Log[i]
		if t.By(account) && v.axis(t.Step) == axis {
			return t.Step
		}
	}
	return ""
}

// LinkPrefix begins the account of who came by a link; the link's id follows.
const LinkPrefix = "link:"

// ByLink reports whether a link of the department took the step: whoever came by
// it has no account and may be anybody there.
func (t *Taken) ByLink(dept string) bool {
	return strings.HasPrefix(t.Actor, LinkPrefix) && t.Dept == dept
}

// TookByLink is the latest step of the axis that a link of the department took,
// "" if none.
func (v *View) TookByLink(dept, axis string) string {
	for i := len(v.Log) - 1; i >= 0; i-- {
		if t := &v.Log[i]; t.ByLink(dept) && v.axis(t.Step) == axis {
			return t.Step
		}
	}
	return ""
}

func (v *View) photo(kind string, after time.Time, metres float64) (bool, error) {
	files, err := v.Files()
	for i := range files {
		f := &files[i]
		if f.Kind != kind || !f.Photo || !f.Taken.After(after) {
			continue
		}
		if v.Place == nil { // a case known by its address only has no distance
			return true, err
		}
		if f.At != nil && Distance(*v.Place, *f.At) <= metres+v.Place.Accuracy+f.At.Accuracy {
			return true, err
		}
	}
	return false, err
}

// photoNear measures between photos, each point's accuracy added.
func (v *View) photoNear(kind string, after time.Time, metres float64, other string) (bool, error) {
	files, err := v.Files()
	known := false
	for i := range files {
		o := &files[i]
		if o.Kind != other || o.At == nil {
			continue
		}
		known = true
		for j := range files {
			f := &files[j]
			if f.Kind == kind && f.Photo && f.At != nil && f.Taken.After(after) && Distance(*o.At, *f.At) <= metres+o.At.Accuracy+f.At.Accuracy {
				return true, err
			}
		}
	}
	return !known, err
}

func (v *View) away(kind string) (int, error) {
	files, err := v.Files()
	for i := len(files) - 1; i >= 0; i-- {
		if f := &files[i]; f.Kind == kind && f.At != nil && v.Place != nil {
			return int(Distance(*v.Place, *f.At)), err
		}
	}
	return 0, err
}

func (v *View) evidence(kind string) (int, error) {
	files, err := v.Files()
	n := 0
	for i := range files {
		if kind == "" || files[i].Kind == kind {
			n++
		}
	}
	return n, err
}

// Distance is the great-circle distance of two points in metres (mean radius
// 6,371,008.8 m; exact enough for the hundreds of metres rules speak of).
func Distance(a, b Point) float64 {
	const rad = math.Pi / 180
	dLat, dLng := (b.Lat-a.Lat)*rad, (b.Lng-a.Lng)*rad
	h := math.Pow(math.Sin(dLat/2), 2) + math.Cos(a.Lat*rad)*math.Cos(b.Lat*rad)*math.Pow(math.Sin(dLng/2), 2)
	return 2 * 6371008.8 * math.Asin(math.Min(1, math.Sqrt(h)))
}
