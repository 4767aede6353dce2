package app

import (
	"fmt"
	"strings"
	"testing"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/component"
	"xiucheng/internal/platform/fault"
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
				page, err := record.List(c.ctx, c.a.db, c.w.Division, record.Filter{Component: rep.Component, Sort: record.ByOpened})
				if err != nil || len(page.Rows) != 1 || page.Rows[0].ID != r.Case {
					t.Errorf("%d cases name %s, %v", len(page.Rows), rep.Component, err)
				}
			}
		})
	}
}
