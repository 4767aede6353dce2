package drawing

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"xiucheng/internal/casework/library"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/i18n"
	"xiucheng/packs"
)

var update = flag.Bool("update", false, "redraw docs/procedures")

// languages of the pictures and how their files are told apart.
func languages() map[string]i18n.Lang {
	return map[string]i18n.Lang{".svg": i18n.EN, ".zh-CN.svg": i18n.ZH}
}

// shipped are the procedures of the pack that every district shares.
func shipped(t *testing.T) ([]*procedure.Procedure, people.Roles) {
	t.Helper()
	base, err := packs.FS("cn-base")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := fs.Sub(base, "procedures")
	if err != nil {
		t.Fatal(err)
	}
	list, err := library.Check(dir, procedure.World{})
	if err != nil || len(list) < 3 {
		t.Fatalf("%d procedures, %v", len(list), err)
	}
	raw, err := fs.ReadFile(base, "roles.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var named []people.Role
	if err := yaml.Unmarshal(raw, &named); err != nil {
		t.Fatal(err)
	}
	roles := people.Roles{}
	for _, r := range named {
		roles[r.ID] = r
	}
	return list, roles
}

func speech(t *testing.T, l i18n.Lang, roles people.Roles) Speech {
	t.Helper()
	b, err := i18n.Load(Words)
	if err != nil {
		t.Fatal(err)
	}
	return Speech{Lang: l, Words: b, Roles: roles}
}

// TestThePicturesOfTheDocumentsAreFresh compares docs/procedures with what the
// procedures are now; -update redraws them.
func TestThePicturesOfTheDocumentsAreFresh(t *testing.T) {
	list, roles := shipped(t)
	for _, p := range list {
		for ending, lang := range languages() {
			want := Draw(p, speech(t, lang, roles))
			name := filepath.Join("..", "..", "..", "docs", "procedures", p.ID+ending)
			if *update {
				if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			got, err := os.ReadFile(name)
			if err != nil || string(got) != want {
				t.Errorf("%s is stale (%v); redraw it with: go test ./internal/casework/drawing -update", name, err)
			}
		}
	}
}

func TestAPictureShowsEveryStateAndStepAndIsWellFormed(t *testing.T) {
	list, roles := shipped(t)
	for _, p := range list {
		for _, lang := range languages() {
			s := speech(t, lang, roles)
			said := spoken(t, Draw(p, s))
			for _, st := range p.States {
				if !strings.Contains(said, glue(s.Of(st.Name))) {
					t.Errorf("%s in %s: state %s is not drawn", p.ID, lang, st.ID)
				}
			}
			for _, x := range p.Steps {
				if !strings.Contains(said, glue(s.Of(x.Name))) {
					t.Errorf("%s in %s: step %s is not drawn", p.ID, lang, x.ID)
				}
			}
			if strings.Contains(said, "⟨") || strings.Contains(said, "{") {
				t.Errorf("%s in %s: a word is missing", p.ID, lang)
			}
		}
	}
}

// spoken is all text of the picture, without the breaks of its lines.
func spoken(t *testing.T, svg string) string {
	t.Helper()
	var b strings.Builder
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return glue(b.String())
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := tok.(xml.StartElement); ok && (e.Name.Local == "script" || e.Name.Local == "style" || e.Name.Local == "a") {
			t.Errorf("the picture holds a <%s>", e.Name.Local)
		}
		if c, ok := tok.(xml.CharData); ok {
			b.Write(c)
		}
	}
}

func glue(s string) string { return strings.Join(strings.Fields(s), "") }

func TestNothingOverlaps(t *testing.T) {
	list, roles := shipped(t)
	for _, p := range list {
		for _, lang := range languages() {
			k := newSketch(newPlan(p), speech(t, lang, roles))
			for i := 1; i < len(k.boxes); i++ {
				if k.boxes[i].y < k.boxes[i-1].bottom()+8 {
					t.Errorf("%s in %s: %s and %s overlap", p.ID, lang, k.boxes[i-1].id(), k.boxes[i].id())
				}
			}
			for _, x := range k.ports {
				if b := k.boxes[x.from]; x.y < b.y || x.y > b.bottom() {
					t.Errorf("%s in %s: an arrow leaves %s outside its box", p.ID, lang, b.id())
				}
			}
			for i, a := range k.lanes {
				for _, b := range k.lanes[:i] {
					a0, a1 := a.span()
					b0, b1 := b.span()
					if a.x == b.x && a0 < b1 && b0 < a1 {
						t.Errorf("%s in %s: the lines to %s and %s run on each other", p.ID, lang, k.boxes[a.to].id(), k.boxes[b.to].id())
					}
				}
			}
		}
	}
}

func TestTheUsualWayOfAnIncidentIsStraight(t *testing.T) {
	list, _ := shipped(t)
	for _, p := range list {
		if p.ID != "incident" {
			continue
		}
		d, got := newPlan(p), []string{}
		for _, u := range d.usual {
			got = append(got, d.nodes[u.to[0]].id())
		}
		want := "reported accepted filed dispatched handling fed_back to_check checking to_close closed_fixed"
		if strings.Join(got, " ") != want {
			t.Errorf("the usual way is %v", got)
		}
	}
}

func TestLinesBreakWhereTheyMay(t *testing.T) {
	for _, c := range []struct {
		text string
		room float64
		want string
	}{
		{"退回派遣 · 承办单位、系统", 5.5, "退回派遣 ·|承办单位、|系统"},
		{"Return to dispatch · Desk", 6, "Return to|dispatch ·|Desk"},
		{"unbreakableword", 3, "unbreakableword"},
	} {
		if got := strings.Join(wrap(c.text, 1, c.room), "|"); got != c.want {
			t.Errorf("%q breaks into %q", c.text, got)
		}
	}
}
