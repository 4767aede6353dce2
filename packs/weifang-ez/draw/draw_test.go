package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/geo"
)

func features(t *testing.T) []place.Feature {
	t.Helper()
	files, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	var all []place.Feature
	for name, b := range files {
		list, issues := place.Parse(bytes.NewReader(b))
		for _, i := range issues {
			t.Errorf("%s, feature %d: %v", name, i.Feature, i.Err)
		}
		all = append(all, list...)
	}
	return all
}

func TestTheFilesAreWhatTheProgramDraws(t *testing.T) {
	files, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", "geo", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what is drawn (%v): go run ./packs/weifang-ez/draw packs/weifang-ez/geo", name, err)
		}
	}
}

func TestTheZoneHasNoGapsAndNoOverlaps(t *testing.T) {
	for _, err := range place.Check(features(t), time.Now()) {
		t.Error(err)
	}
}

func TestCountsAndHonesty(t *testing.T) {
	kinds := map[string]int{}
	var corners []geo.Point
	for _, f := range features(t) {
		kinds[string(f.Layer)+"/"+f.Kind]++
		if f.Provenance == place.Real && f.Name.ZH != "潍坊北站" {
			t.Errorf("%s %s claims to be real", f.Layer, f.Name.ZH)
		}
		switch g := f.Geometry; {
		case g.Point != nil:
			corners = append(corners, *g.Point)
		case g.Line != nil:
			corners = append(corners, g.Line...)
		default:
			for _, p := range g.Shape {
				corners = append(corners, p[0]...)
			}
		}
	}
	for kind, want := range map[string]int{"site/cluster": 14, "site/pocket_park": 18, "site/sponge_park": 1, "site/rest_station": 1, "street/": 4, "community/": 12} {
		if kinds[kind] != want {
			t.Errorf("%d %s, want %d", kinds[kind], kind, want)
		}
	}
	if kinds["grid/"] < 150 {
		t.Errorf("only %d grids", kinds["grid/"])
	}
	for _, p := range corners {
		if p.Lng < 119.03 || p.Lng > 119.19 || p.Lat < 36.73 || p.Lat > 36.81 {
			t.Fatalf("%v lies outside the sheet", p)
		}
	}
}

func TestAddressesSpeak(t *testing.T) {
	m := place.NewMap(features(t))
	now := time.Now()
	c := m.Find("禹王街与新华路", now)
	if len(c) != 1 {
		t.Fatalf("found %v", c)
	}
	p := geo.Offset(c[0].Point, 28, 28)
	got := m.Describe(p, now)
	if got.ZH != "新华路与禹王街路口东北侧约 40 米" || got.EN != "about 40 m north-east of the crossing of Xinhua Road and Yuwang Street" {
		t.Errorf("%+v", got)
	}
	if s := m.Find("潍坊北站", now); len(s) == 0 || geo.Distance(s[0].Point, geo.Point{Lat: 36.7958, Lng: 119.18942}) > 1 {
		t.Errorf("station: %v", s)
	}
	l := m.Locate(p, now)
	if !l.Inside || len(l.Grid) != 15 || l.Street != l.Grid[:9] {
		t.Errorf("%+v", l)
	}
	if far := m.Locate(geo.Point{Lat: 36.9, Lng: 119.1}, now); far.Near(50) || math.IsInf(far.Outside, 1) {
		t.Errorf("%+v", far)
	}
	if z, ok := m.ZoneAt(p, "sweeping", now); !ok || z.Department != "HW" {
		t.Errorf("zone %+v", z)
	}
}
