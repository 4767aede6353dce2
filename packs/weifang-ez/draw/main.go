// Command draw draws the demonstration zone: a sketch of a city, not a survey.
// Street, river and station names are real, the station's point too; where the
// streets run, the outline, grids, zones, parks and stall clusters are made up
// (示意, 演示) and every feature says so. The same program gives the same files.
//
//	go run ./packs/weifang-ez/draw packs/weifang-ez/geo
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"xiucheng/internal/platform/geo"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: draw FOLDER")
		os.Exit(2)
	}
	files, err := Files()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(os.Args[1], name), b, 0o644); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// componentTable is the register of components, the one file that is no layer.
const componentTable = "components.csv"

// Files draws everything, by file name.
func Files() (map[string][]byte, error) {
	c := newCity()
	m := newMesh(c.grids)
	out := map[string][]byte{}
	for name, list := range map[string][]geo.Feature{
		"tree.geojson": c.tree(m), "zones.geojson": c.zones(m), "roads.geojson": c.roads(),
		"sites.geojson": c.sites(), "ground.geojson": c.ground(),
	} {
		var b bytes.Buffer
		if err := geo.Write(&b, list); err != nil {
			return nil, err
		}
		out[name] = b.Bytes()
	}
	table, err := register()
	out[componentTable] = table
	return out, err
}
