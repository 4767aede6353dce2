package main

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"time"
)

// view is what a map of 900 × 700 pixels asks for, somewhere among the cases.
func view(zoom, i int, more string) string {
	lat, lng := 36.75+float64(i*7919%10007)/10007*.04, 119.12+float64(i*104729%10009)/10009*.05
	deg := 360 / math.Exp2(float64(zoom)) / 256 // of a pixel
	w, h := 900*deg*.75, 700*deg*.75*math.Cos(lat*math.Pi/180)
	return fmt.Sprintf("/desk/points.json?in=%.5f,%.5f,%.5f,%.5f&zoom=%d%s", lng-w, lat-h, lng+w, lat+h, zoom, more)
}

// zooms measures the map at every zoom, of open cases and of all.
func (b *bench) zooms(c *http.Client, base string) error {
	for _, of := range []struct{ name, more string }{{"open cases", ""}, {"all cases", "&view_of=all"}} {
		var worst time.Duration
		var at int
		var most int64
		for zoom := 9; zoom <= 18; zoom++ {
			var all took
			for i := range 200 {
				began := time.Now()
				n, err := fetch(c, base+view(zoom, i, of.more))
				if err != nil {
					return err
				}
				all = append(all, time.Since(began))
				most = max(most, n)
			}
			slices.Sort(all)
			if p99 := all.at(.99); p99 > worst {
				worst, at = p99, zoom
			}
		}
		b.most("p99 of the map of "+of.name+", zoom 9 to 18", inMS(worst), 20, "ms", fmt.Sprintf("at zoom %d", at))
		b.most("its largest answer", float64(most)/1000, 100, "KB", "")
	}
	return nil
}
