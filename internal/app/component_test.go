package app

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/component"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
)

// lamps are components at the spot whose units differ.
func lamps(c *crew, rows ...string) {
	c.t.Helper()
	var b strings.Builder
	b.WriteString("code,name,state,maintainer_code,maintainer,owner_code,owner,supervisor_code,initial,lng,lat\n")
	for i, r := range rows {
		fmt.Fprintf(&b, "37079901037%06d,路灯,完好,%s,2026-07-01,%.6f,%.6f\n", 900000+i, r, spot.Lng+0.0001*float64(i), spot.Lat)
	}
	plan, err := c.a.ImportComponents(c.ctx, "", component.File{Name: "lamps.csv", CRS: "WGS84", Body: []byte(b.String()), Provenance: "synthetic"}, component.Strict)
	if err != nil || len(plan.Problems) > 0 {
		c.t.Fatal(plan.Problems, err)
	}
}

// Rule R2 of the routing table (§1.6): the component's maintainer, else its
// owner, else its supervising department; it beats zones and class defaults.
func TestAComponentGoesToWhomItIsRegistered(t *testing.T) {
	t.Parallel()
	for name, address := range engines() {
		t.Run(name, func(t *testing.T) {
			c := newCrew(t, address(t))
			mistyped := reportOf(c, "01037", spot)
			mistyped.Component = "37079901037999999"
			if _, err := c.a.citizens.Take(c.ctx, c.who("caiji3"), mistyped); !fault.Is(err, fault.Invalid) {
				t.Errorf("a component nobody registered: %v", err)
			}
			c.at("2026-09-14 09:00")
			lamps(c, "ZM,市政照明所（演示）,SZ,,ZHZF", ",供电公司（演示）,SZ,,ZHZF", "91370700MA3TEST00X,某路灯工程公司,SZ,,ZHZF", ",,,某业主,HW", ",,,,")
			for i, x := range []struct{ dept, rule, why string }{
				{"ZM", "R2", "该路灯（37079901037900000）登记的养护单位是市政照明所（演示）。"},
				{"GD", "R2", "登记的养护单位是供电公司（演示）。"},
				{"SZ", "R2", "登记的权属单位是市政养护中心（演示）。"},
				{"HW", "R2", "登记的主管部门是环卫服务中心（演示）。"},
				{"ZM", "R3", "照明片区"},
			} {
				rep := reportOf(c, "01037", spot)
				rep.Component = fmt.Sprintf("37079901037%06d", 900000+i)
				r, err := c.a.citizens.Take(c.ctx, c.who("caiji3"), rep)
				if err != nil {
					t.Fatal(err)
				}
				cat, err := c.a.catalogues.Catalogue(c.ctx, c.w.Division)
				if err != nil {
					t.Fatal(err)
				}
				cond := cat.Conditions("01037", c.w.Clock.Now())[0].ID
				c.do(r.Case, "shouli1", "accept", procedure.Input{"class": "01037", "condition": cond, "place": spot, "dup_decision": "none", "dup_reason": "是另一处问题"})
				c.do(r.Case, "zhiban1", "file", procedure.Input{"condition": cond})
				if dept, why := c.proposal(r.Case); dept != x.dept || !strings.Contains(why, x.why) {
					t.Errorf("%d %s: %s because %q", i, x.rule, dept, why)
				}
				c.w.Clock.Advance(time.Minute)
				named := 1
				if i == 0 { // the same lamp again, named from afar
					rep := reportOf(c, "01037", procedure.Point{Lat: spot.Lat + 0.005, Lng: spot.Lng, Accuracy: 8})
					rep.Component = "37079901037900000"
					again, err := c.a.citizens.Take(c.ctx, c.who("caiji3"), rep)
					if err != nil {
						t.Fatal(err)
					}
					c.refused(again.Case, "I08", "shouli1", "accept", procedure.Input{"class": "01037", "condition": cond, "place": spot, "dup_decision": "none"})
					named++
				}
				page, err := record.List(c.ctx, c.a.db, c.w.Division, record.Filter{Component: rep.Component, Sort: record.ByOpened})
				if err != nil || len(page.Rows) != named || page.Rows[named-1].ID != r.Case {
					t.Errorf("%d cases name %s, %v", len(page.Rows), rep.Component, err)
				}
			}
		})
	}
}

// send posts a form as somebody; a field named file becomes an upload.
func send(a *App, path string, as *http.Cookie, fields map[string]string) *httptest.ResponseRecorder {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for name, v := range fields {
		if name == "file" {
			w, _ := m.CreateFormFile(name, "register.csv") // a buffer takes everything
			_, _ = w.Write([]byte(v))
			continue
		}
		_ = m.WriteField(name, v)
	}
	_ = m.Close()
	return posted(a, path, m.FormDataContentType(), b.String(), as)
}

func posted(a *App, path, kind, body string, as *http.Cookie) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Accept-Language", "en")
	if as != nil {
		r.AddCookie(as)
	}
	w := httptest.NewRecorder()
	a.router.ServeHTTP(w, r)
	return w
}

const urlencoded = "application/x-www-form-urlencoded"

func TestTheRegisterIsImportedReadAndSharedByRole(t *testing.T) {
	t.Parallel()
	a := demo(t, "")
	admin, collector := signIn(t, a, "admin"), signIn(t, a, "caiji1")
	has := func(w *httptest.ResponseRecorder, status int, words ...string) {
		t.Helper()
		if w.Code != status {
			t.Fatalf("%d: %s", w.Code, w.Body)
		}
		for _, x := range words {
			if !strings.Contains(w.Body.String(), x) {
				t.Errorf("%q is missing in %s", x, w.Body)
			}
		}
	}
	at := geo.GCJ02.FromWGS84(geo.Point{Lat: spot.Lat, Lng: spot.Lng})
	body := "code,name,state,maintainer,owner,initial,lng,lat\n" +
		fmt.Sprintf("37079901042800001,邮筒甲,完好,邮政维护班,某邮政局,2026-11-01,%.7f,%.7f\n", at.Lng, at.Lat) +
		fmt.Sprintf("37079901042800002,邮筒乙,完好,邮政维护班,某邮政局,2026-11-01,%.7f,%.7f\n", at.Lng+0.00001, at.Lat)
	has(send(a, "/components/import", admin, map[string]string{"file": body}), 422, "Coordinate system") // none is named
	wrong := body + "123,坏,完好,,,2026-11-01,119,36\n"
	has(send(a, "/components/import", admin, map[string]string{"file": wrong, "crs": "GCJ-02"}), 200, "17-digit", "Leave wrong lines out")
	has(posted(a, "/components/import/apply", urlencoded, "mode=strict", admin), 422, "17-digit")
	has(get(a, "GET", "/components/37079901042800001", admin), 404)
	has(send(a, "/components/import", collector, map[string]string{"file": body, "crs": "GCJ-02"}), 403)
	has(send(a, "/components/import", admin, map[string]string{"file": body, "crs": "GCJ-02"}), 200, "0.9 m", "Apply")
	has(posted(a, "/components/import/apply", urlencoded, "mode=strict", admin), 303)
	has(posted(a, "/components/import/apply", urlencoded, "mode=strict", admin), 404) // nothing is kept any more
	has(get(a, "GET", "/components/37079901042800001", collector), 200, "某邮政局", "Registered", "演示·管理员")
	has(get(a, "GET", "/components?q="+"37079901042", collector), 200, "37079901042800002")
	near := fmt.Sprintf("/components/near?place.lat=%.6f&place.lng=%.6f", spot.Lat, spot.Lng)
	public := get(a, "GET", near, nil)
	has(public, 200, "37079901042800001", "邮筒甲", "checked")
	for _, secret := range []string{"邮政维护班", "某邮政局"} {
		if strings.Contains(public.Body.String(), secret) {
			t.Errorf("everybody reads %q", secret)
		}
	}
	if w := get(a, "GET", "/components/37079901042800001", nil); w.Code < 300 {
		t.Errorf("a visitor got %d", w.Code)
	}
	file := get(a, "GET", "/components/export?format=csv&crs=GCJ-02&q=37079901042", collector)
	has(file, 200, "crs", fmt.Sprintf("%.4f", at.Lng), fmt.Sprintf("%.4f", at.Lat)[:6])
	has(get(a, "GET", "/components/export?format=csv", collector), 422)
	has(get(a, "GET", "/components/pairs", collector), 200, "37079901042800002")
	pair := "a=37079901042800001&b=37079901042800002&answer=37079901042800001"
	has(posted(a, "/components/pairs", urlencoded, pair, collector), 403)
	has(posted(a, "/components/pairs", urlencoded, pair, admin), 303)
	has(get(a, "GET", "/components/37079901042800002", collector), 200, "Removed as a double entry", "Intact → Removed")
	has(posted(a, "/components/37079901042800001/edit", urlencoded, "name=邮筒&state=damaged&maintainer=新班组", admin), 303)
	has(get(a, "GET", "/components/37079901042800001", collector), 200, `邮政维护班</span> → <span lang="zh-CN">新班组`, "Intact → Damaged")
	has(posted(a, "/components/37079901042800001/edit", urlencoded, "name=&state=damaged", admin), 422)
	has(get(a, "GET", "/components/map.json?in=119.0,36.7,119.3,36.9&zoom=11", collector), 200, `"groups"`)
}
