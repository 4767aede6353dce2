package paper_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"xiucheng/internal/casework/paper"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/platform/pdf"
)

func TestCapital(t *testing.T) {
	for fen, want := range map[int64]string{
		0: "零元整", 1: "壹分", 10: "壹角整", 11: "壹角壹分", 100: "壹元整", 101: "壹元零壹分", 110: "壹元壹角整", 123: "壹元贰角叁分",
		1000: "壹拾元整", 1500: "壹拾伍元整", 10000: "壹佰元整", 10100: "壹佰零壹元整", 11000: "壹佰壹拾元整",
		50000: "伍佰元整", 100000: "壹仟元整", 100100: "壹仟零壹元整", 101000: "壹仟零壹拾元整", 110000: "壹仟壹佰元整", 100101: "壹仟零壹元零壹分",
		105030: "壹仟零伍拾元叁角整", 1000000: "壹万元整", 1000100: "壹万零壹元整", 1010000: "壹万零壹佰元整", 1100000: "壹万壹仟元整",
		10000000: "壹拾万元整", 10050000: "壹拾万零伍佰元整", 200000000: "贰佰万元整", 10000000000: "壹亿元整", 10000000100: "壹亿零壹元整",
		10001000000: "壹亿零壹万元整", 123456789: "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分", -100: "负壹元整", 100000000000000: "壹万亿元整",
	} {
		if got := paper.Capital(fen); got != want {
			t.Errorf("%d: %s, want %s", fen, got, want)
		}
	}
}

// Two amounts never read the same.
func TestCapitalIsUnambiguous(t *testing.T) {
	seen := map[string]int64{}
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.Int64Range(0, 1_000_000_000_00).Draw(rt, "fen")
		s := paper.Capital(n)
		if old, ok := seen[s]; ok && old != n {
			rt.Fatalf("%d and %d are both %s", old, n, s)
		}
		seen[s] = n
		if strings.Contains(s, "零零") || strings.Contains(s, "零元") && n != 0 {
			rt.Fatalf("%d: %s", n, s)
		}
	})
}

func TestProblemsOfATemplateAreAllListedWithTheirLines(t *testing.T) {
	src := `paper: decision
version: 0
title: {zh: 决定书}
kind: secret
volume: main
number: "{org}〔{year}〕"
fields:
  - {name: Party, type: text, label: {zh: 甲, en: A}}
  - {name: fine, type: place, label: {zh: 罚款, en: Fine}}
body:
  - {text: "罚款{amount}。"}
  - {text: "甲", note: "乙"}
  - {text: "罚款{fine:big}"}
  - table: {field: fine, cols: [1], head: [一, 二]}
`
	_, err := paper.Load("p.yaml", []byte(src))
	var ps procedure.Problems
	if !errors.As(err, &ps) {
		t.Fatal(err)
	}
	lines := map[int]int{}
	for _, p := range ps {
		lines[p.Line]++
	}
	for _, l := range []int{1, 2, 3, 4, 6, 8, 9, 11, 12, 13, 14} {
		if lines[l] == 0 {
			t.Errorf("nothing is said of line %d:\n%v", l, err)
		}
	}
	if _, err := paper.Load("p.yaml", []byte("paper: P29\nversions: 1\n")); err == nil || !strings.Contains(err.Error(), "p.yaml:2") {
		t.Errorf("an unknown key: %v", err)
	}
}

func TestThePublicCopyHidesThePersonEverywhere(t *testing.T) {
	lib, err := paper.NewLibrary(templates(t)...)
	if err != nil {
		t.Fatal(err)
	}
	x := lib.Latest("P29")
	c := example(x)
	c.Fields["facts"] = "张三平于中山路设摊，手机13812345678。"
	words := func() string {
		t.Helper()
		d, err := x.Public(c)
		if err != nil {
			t.Fatal(err)
		}
		s, err := press.Set(pdf.Options{}, d)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(s.Lines(), "\n")
	}
	got := words()
	for _, hidden := range []string{"张三平", "370702199001010013", "13812345678", "中山路57号"} {
		if strings.Contains(got, hidden) {
			t.Errorf("%s can be read", hidden)
		}
	}
	if !strings.Contains(got, "公开稿") || !strings.Contains(got, "张**") || !strings.Contains(got, "演综执罚决字〔2026〕第0097号") {
		t.Error(got)
	}
	c.Fields["party_kind"], c.Fields["party"] = "org", "演示水果店"
	if got := words(); !strings.Contains(got, "演示水果店") {
		t.Error("an organisation's name is hidden")
	}
	if file, err := paper.Preview(press, x, c); err != nil || !strings.HasPrefix(string(file), "%PDF-") {
		t.Error("no preview:", err)
	}
}
