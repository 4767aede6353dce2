package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// mapping is what the filled cases' columns mean.
const mapping = `origin: bench
provenance: synthetic, for measurements
zone: Asia/Shanghai
crs: WGS84
fields:
  id: {column: id}
  number: {text: "B{id}"}
  opened: {column: opened}
  due: {column: due}
  closed: {column: closed}
  title: {column: title}
  desc: {column: text}
  class: {column: class}
  dept: {column: dept}
  lat: {column: lat}
  lng: {column: lng}
`

// words of the filled cases: some are in every tenth case, some in few.
var (
	things = []string{"垃圾桶满溢", "路灯不亮", "井盖破损", "占道经营", "乱停共享单车", "行道树倒伏", "小广告张贴", "路面坑洼", "暴露垃圾", "噪声扰民"}
	spots  = []string{"学校门口", "医院东侧", "公交站旁", "小区北门", "河边步道", "市场南口", "地下通道", "加油站对面"}
)

// fill brings in cases of the last five years: one in fifty open, one in two
// hundred overdue.
func (b *bench) fill(ctx context.Context) error {
	file, yaml := filepath.Join(b.dir, "cases.csv"), filepath.Join(b.dir, "map.yaml")
	if err := errors.Join(writeCases(file, b.cases), os.WriteFile(yaml, []byte(mapping), 0o600)); err != nil {
		return err
	}
	args := []string{"import", "requests", file, "--map", yaml, "--data", b.dir + "/data", "--division", "weifang-ez"}
	if b.db != "" {
		args = append(args, "--db", b.db)
	}
	began := time.Now()
	out, err := exec.CommandContext(ctx, b.binary, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("import: %w: %s", err, out)
	}
	b.least(fmt.Sprintf("import of %d cases, durable, searchable", b.cases), float64(b.cases)/time.Since(began).Seconds(), 3000, "/s", "")
	return nil
}

func writeCases(path string, n int) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintln(w, "id,opened,due,closed,title,text,class,dept,lat,lng")
	const layout = "2006-01-02 15:04:05"
	now := time.Now().Add(-time.Hour)
	for i := range n {
		opened := now.Add(-time.Duration(n-i) * (5 * 365 * 24 * time.Hour) / time.Duration(n+1))
		closed, due := opened.Add(20*time.Hour), opened.Add(48*time.Hour)
		if i%50 == 0 && i%200 != 0 {
			due = now.Add(time.Duration(i%1000) * time.Hour)
		}
		end := closed.Format(layout)
		if i%50 == 0 || closed.After(now) {
			end = ""
		}
		thing, spot := things[i*7%len(things)], spots[i/3%len(spots)]
		fmt.Fprintf(w, "%d,%s,%s,%s,%s,%s%s第%d号，%s，请尽快处理,%s,%s,%.6f,%.6f\n", i, opened.Format(layout), due.Format(layout), end, thing, spot, thing, i, []string{"味道很大", "影响通行", "已有三天"}[i%3],
			cmp.Or(map[string]string{"占道经营": "09006"}[thing], "06010"), []string{"HW", "SZ", "YL", "ZM"}[i%4], 36.75+float64(i*7919%10007)/10007*.04, 119.12+float64(i*104729%10009)/10009*.05)
	}
	return w.Flush()
}

// kind is one kind of request of the steady stream.
type kind struct {
	name  string
	share int // of a hundred requests
	path  func(i int) string
}

// steady measures pages at the filled size: requests come at their time,
// whether the ones before are answered or not.
func (b *bench) steady(ctx context.Context) error {
	if err := errors.Join(b.grow(ctx), b.crowd(ctx)); err != nil {
		return err
	}
	p, err := b.serve(ctx)
	if err != nil {
		return err
	}
	defer p.stop()
	b.most(fmt.Sprintf("start on %d cases", b.cases), inMS(p.start), 500, "ms", "")
	time.Sleep(5 * time.Second) // what a start has to catch up with
	b.add(fmt.Sprintf("memory with %d cases", b.cases), number(p.memory())+" MB", "", "")
	staff, ids, err := signIn(p.base, b.cases)
	if err != nil {
		return err
	}
	kinds := []kind{
		{"desk queue", 30, func(int) string { return "/desk/queue" }},
		{"case page", 30, func(i int) string { return "/cases/" + ids[i%len(ids)] }},
		{"map view", 10, func(i int) string { return view(10+i%8, i, "") }},
		{"neighbours", 15, func(i int) string {
			return fmt.Sprintf("/near?class=06010&place.lat=%.4f&place.lng=%.4f", 36.752+float64(i%36)*.001, 119.122+float64(i%46)*.001)
		}},
		{"search, a common word", 5, func(i int) string { return "/cases?view_of=all&q=" + url.QueryEscape(things[i%len(things)][:6]) }},
		{"search, several words", 5, func(i int) string {
			return "/cases?view_of=all&q=" + url.QueryEscape(things[i%len(things)]+" "+spots[i%len(spots)])
		}},
		{"search, a number", 5, func(i int) string { return fmt.Sprintf("/cases?view_of=all&q=B%d", i%b.cases) }},
	}
	if err := b.stream(staff, p.base, kinds); err != nil {
		return err
	}
	if err := b.zooms(staff, p.base); err != nil {
		return err
	}
	if err := b.maps(p.base); err != nil {
		return err
	}
	if err := b.open311(p.base); err != nil {
		return err
	}
	if err := p.stop(); err != nil {
		return err
	}
	many, err := b.reports64(ctx, fmt.Sprintf("report at %d cases", b.cases))
	if err == nil && b.few > 0 {
		b.most(fmt.Sprintf("cost of a report at %d cases beside one at %d", b.cases, b.reports/2), b.few/many, 2, "×", "")
	}
	return err
}

// signIn is a client of the shift's acceptor, and cases to look at from all the
// years.
func signIn(base string, cases int) (*http.Client, []string, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, nil, err
	}
	c := &http.Client{Jar: jar, Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 256}}
	res, err := c.PostForm(base+"/login", url.Values{"login": {"shouli1"}, "password": {"Xiucheng-2026"}})
	if err != nil {
		return nil, nil, err
	}
	res.Body.Close()
	link := regexp.MustCompile(`/cases/([0-9a-f-]{36})"`)
	var ids []string
	for i := range looked {
		res, err := c.Get(fmt.Sprintf("%s/cases?view_of=all&q=B%d", base, i*cases/looked))
		if err != nil {
			return nil, nil, err
		}
		page, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			return nil, nil, err
		}
		if m := link.FindSubmatch(page); m != nil {
			ids = append(ids, string(m[1]))
		}
	}
	if len(ids) < looked/2 {
		return nil, nil, fmt.Errorf("only %d of %d cases are found by their numbers", len(ids), looked)
	}
	return c, ids, nil
}

// looked is how many cases are looked at in turn.
const looked = 200

func (b *bench) stream(c *http.Client, base string, kinds []kind) error {
	for i, k := range kinds { // once each before it counts
		if _, err := fetch(c, base+k.path(i)); err != nil {
			return fmt.Errorf("%s: %w", k.name, err)
		}
	}
	var mixed []int // kinds by their shares, each spread over a hundred
	for k := range kinds {
		for range kinds[k].share {
			mixed = append(mixed, k)
		}
	}
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	all := make([]took, len(kinds))
	most := make([]int64, len(kinds))
	var mu sync.Mutex
	var failed error
	var wg sync.WaitGroup
	began := time.Now()
	for i := range int(b.long.Seconds() * float64(b.rate)) {
		due := began.Add(time.Duration(i) * time.Second / time.Duration(b.rate))
		time.Sleep(time.Until(due))
		wg.Go(func() {
			k := mixed[i%len(mixed)]
			n, err := fetch(c, base+kinds[k].path(i))
			d := time.Since(due)
			mu.Lock()
			defer mu.Unlock()
			failed = cmp.Or(failed, err)
			all[k] = append(all[k], d)
			most[k] = max(most[k], n)
		})
	}
	wg.Wait()
	for k := range kinds {
		slices.Sort(all[k])
		b.most(fmt.Sprintf("p99 of %s, %d %% of %d requests/s", kinds[k].name, kinds[k].share, b.rate), inMS(all[k].at(.99)), 50, "ms", fmt.Sprintf("p50 %s, at most %d KB", ms(all[k].at(.5)), most[k]/1000))
	}
	return failed
}

// fetch gets a page and counts its bytes.
func fetch(c *http.Client, address string) (int64, error) {
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("X-Forwarded-For", fmt.Sprintf("10.1.%d.%d", rand.IntN(256), rand.IntN(256))) // the rate limit is per address
	res, err := c.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	n, err := io.Copy(io.Discard, res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %d", strings.SplitN(address, "?", 2)[0], res.StatusCode)
	}
	return n, err
}

// open311 asks for the list of a thousand.
func (b *bench) open311(base string) error {
	to := time.Now().UTC()
	address := base + "/open311/v2/requests.json?" + url.Values{"start_date": {to.Add(-89 * 24 * time.Hour).Format(time.RFC3339)}, "end_date": {to.Format(time.RFC3339)}, "page_size": {"1000"}}.Encode()
	rate, all, err := storm(4, 200, http.StatusOK, func(int64) (*http.Request, error) { return http.NewRequest(http.MethodGet, address, nil) })
	if err == nil {
		b.least("Open311 list of 1,000", rate, 100, "/s", "p99 "+ms(all.at(.99)))
	}
	return err
}
