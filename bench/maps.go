package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// shops is how many shops the division has while its maps are measured.
const shops = 3000

// grow makes the pack's shops so many, along the streets of those it has.
func (b *bench) grow(ctx context.Context) error {
	dir := filepath.Join(b.dir, "pack")
	if err := errors.Join(os.RemoveAll(dir), os.CopyFS(dir, os.DirFS("packs/weifang-ez"))); err != nil {
		return err
	}
	file := filepath.Join(dir, "frontage", "shops.csv")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	more := strings.Builder{}
	for i := len(lines) - 1; i < shops; i++ {
		_, rest, _ := strings.Cut(lines[1+i%(len(lines)-1)], ",")
		fmt.Fprintf(&more, "B-%04d,%s\n", i, rest)
	}
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"+more.String()), 0o600); err != nil {
		return err
	}
	args := []string{"pack", "apply", dir, "--data", b.dir + "/data"}
	if b.db != "" {
		args = append(args, "--db", b.db)
	}
	if out, err := exec.CommandContext(ctx, b.binary, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("pack apply: %w: %s", err, out)
	}
	return nil
}

// maps measures whatever the maps of street order ask for, one request after the
// other, and the pages around them.
func (b *bench) maps(base string) error {
	box := "in=119.10,36.74,119.22,36.82&zoom=14"
	for _, of := range []struct {
		who, path string
		n         int
		goal      float64
	}{
		{"", "/map/base.json?" + box, 200, 50}, {"", "/stalls", 200, 150}, {"", "/stalls/points.json?" + box, 200, 50}, {"", "/stalls/areas.json", 200, 50},
		{"daiban", "/street/watch", 200, 150}, {"daiban", "/street/watch/points.json?" + box, 200, 50}, {"daiban", "/street/watch/areas.json", 200, 50},
		{"daiban", "/street/duty", 200, 150}, {"tandian2", "/street/effect", 200, 150}, {"tandian2", "/street/stalls/batch", 5, 2000},
		{"xuncha1", "/street/frontage", 200, 100}, {"xuncha1", "/street/frontage/map.json?" + box, 200, 50},
		{"zhifa1", "/joint", 200, 100}, {"zhifa1", "/joint/running/board", 200, 100}, {"", "/operations", 200, 100},
		{"shouli1", "/desk/points.json?" + box, 200, 50}, {"shouli1", "/map/areas.json?" + box, 200, 50},
	} {
		c, err := visitor(base, of.who)
		if err != nil {
			return err
		}
		path, err := underWay(c, base, of.path)
		if err != nil {
			return err
		}
		var all took
		var most int64
		for range of.n {
			began := time.Now()
			n, err := fetch(c, base+path)
			if err != nil {
				return err
			}
			all, most = append(all, time.Since(began)), max(most, n)
		}
		first := all[0]
		slices.Sort(all)
		b.most("p99 of "+strings.SplitN(of.path, "?", 2)[0], inMS(all.at(.99)), of.goal, "ms", fmt.Sprintf("p50 %s, first %s, at most %s KB", ms(all.at(.5)), ms(first), number(float64(most)/1000)))
	}
	return nil
}

// underWay puts the operation that is under way into a path.
func underWay(c *http.Client, base, path string) (string, error) {
	if !strings.Contains(path, "/running/") {
		return path, nil
	}
	res, err := c.Get(base + "/joint")
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	m := regexp.MustCompile(`/joint/([0-9a-f-]{36})/find"`).FindSubmatch(page)
	if err != nil || m == nil {
		return "", fmt.Errorf("no operation is under way: %w", err)
	}
	return strings.Replace(path, "running", string(m[1]), 1), nil
}

// visitor is somebody of the demonstration who signed in, or "" anybody.
func visitor(base, login string) (*http.Client, error) {
	jar, err := cookiejar.New(nil)
	c := &http.Client{Jar: jar, Timeout: time.Minute}
	if err != nil || login == "" {
		return c, err
	}
	res, err := c.PostForm(base+"/login", url.Values{"login": {login}, "password": {"Xiucheng-2026"}})
	if err != nil {
		return nil, err
	}
	return c, res.Body.Close()
}
