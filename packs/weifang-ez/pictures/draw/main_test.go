package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/goccy/go-yaml"

	"xiucheng/internal/platform/photo"
)

type entry struct {
	Name  string `yaml:"name"`
	After string `yaml:"after"`
	ZH    string `yaml:"zh"`
	EN    string `yaml:"en"`
}

func TestIndexNamesEveryPicture(t *testing.T) {
	raw, err := os.ReadFile("../index.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var list []entry
	if err := yaml.UnmarshalWithOptions(raw, &list, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	drawn := map[string]bool{}
	for _, s := range scenes {
		drawn[s.name] = true
	}
	if len(list) != len(scenes) || len(drawn) != len(scenes) || len(scenes) > 24 {
		t.Fatalf("%d entries, %d scenes, %d names", len(list), len(scenes), len(drawn))
	}
	for _, e := range list {
		if !drawn[e.Name] || e.After != "" && !drawn[e.After] || e.ZH == "" || e.EN == "" {
			t.Errorf("%+v", e)
		}
	}
}

func TestPicturesAreSmallPhotosAndUnlikeEachOther(t *testing.T) {
	lab := photo.NewLab(nil)
	seen := map[string]photo.Hash{}
	for _, s := range scenes {
		jpg, err := os.ReadFile(filepath.Join("..", s.name+".jpg"))
		if err != nil {
			t.Fatal(err)
		}
		p, err := lab.Develop(context.Background(), jpg)
		if err != nil {
			t.Fatal(err)
		}
		if len(jpg) > maxSize || p.Width != width || p.Height != height {
			t.Errorf("%s: %d bytes, %d × %d", s.name, len(jpg), p.Width, p.Height)
		}
		for name, h := range seen {
			if d := h.Distance(p.Hash); d <= photo.Near {
				t.Errorf("%s and %s would be hinted as the same photo (%d)", s.name, name, d)
			}
		}
		seen[s.name] = p.Hash
	}
}

func TestDrawingIsTheSameEveryTime(t *testing.T) {
	for _, s := range scenes[:4] {
		a, b := newCanvas(), newCanvas()
		s.draw(a)
		s.draw(b)
		if !bytes.Equal(a.img.Pix, b.img.Pix) {
			t.Errorf("%s differs between runs", s.name)
		}
	}
}
