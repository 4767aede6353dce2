package config

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// Basemap says what lies under the cases on every map.
type Basemap struct {
	Kind     string // vectors, tiles, wmts or none
	Source   string
	Key      string
	CRS      string
	Credit   string
	Approval string
	MaxZoom  int
	CacheMB  int64
	Rate     int // requests a second
}

func basemapTable() []Option {
	return []Option{
		{"basemap", "vectors", "what lies under the cases: vectors (of the pack), tiles (on this disk), wmts (a map service) or none", false, func(c *Config, v string) error {
			c.Basemap.Kind = v
			return oneOf(v, "vectors", "tiles", "wmts", "none")
		}},
		{"basemap-source", "", "tiles: a folder with Z/X/Y.png, .jpg or .webp, or an .mbtiles file; wmts: addresses with {z} {x} {y} {key} {s}, lowest layer first", false, func(c *Config, v string) error {
			c.Basemap.Source = v
			return keyless(v)
		}},
		{"basemap-key", "", "key of the map service, put in place of {key}; browsers never see it", true, func(c *Config, v string) error { c.Basemap.Key = v; return nil }},
		{"basemap-crs", "EPSG:3857", "grid of the tiles: EPSG:3857, EPSG:4326, EPSG:4490 or GCJ-02", false, func(c *Config, v string) error {
			c.Basemap.CRS = v
			return oneOf(strings.ToUpper(v), "EPSG:3857", "EPSG:4326", "EPSG:4490", "GCJ-02")
		}},
		{"basemap-credit", "", "whose map it is, written on every map", false, func(c *Config, v string) error { c.Basemap.Credit = v; return nil }},
		{"basemap-approval", "", "approval number of the map (审图号), written on every map", false, func(c *Config, v string) error { c.Basemap.Approval = v; return nil }},
		{"basemap-zoom", "18", "finest zoom that has tiles, 1 to 22", false, func(c *Config, v string) (err error) { c.Basemap.MaxZoom, err = between(v, 1, 22); return }},
		{"basemap-cache", "512", "megabytes of a service's tiles kept in the data folder; 0 keeps none", false, func(c *Config, v string) error {
			n, err := between(v, 0, 1<<20)
			c.Basemap.CacheMB = int64(n)
			return err
		}},
		{"basemap-rate", "20", "requests a second to the map service at most", false, func(c *Config, v string) (err error) { c.Basemap.Rate, err = between(v, 1, 1000); return }},
	}
}

func between(v string, least, most int) (int, error) {
	n, err := strconv.Atoi(v)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("want a number from %d to %d", least, most)
	}
	return n, nil
}

var written = regexp.MustCompile(`(?i)([?&](?:tk|key|ak|token|apikey)=)[^{&\s][^&\s]*`)

// keyless refuses a key in an address, where lists of options would show it.
func keyless(v string) error {
	if written.MatchString(v) {
		return errors.New("write {key} where the key belongs and give the key itself as basemap-key")
	}
	return nil
}

// check says what does not go together.
func (b Basemap) check() (bad []error) {
	switch b.Kind {
	case "tiles":
		if _, err := os.Stat(b.Source); err != nil {
			bad = append(bad, errors.New("--basemap tiles needs --basemap-source: a folder or an .mbtiles file"))
		}
	case "wmts":
		list := strings.Fields(b.Source)
		if len(list) == 0 {
			bad = append(bad, errors.New("--basemap wmts needs --basemap-source: an address with {z}, {x} and {y}"))
		}
		for _, s := range list {
			bad = append(bad, b.address(s)...)
		}
	}
	return bad
}

// address looks at one address of a map service. The error does not repeat it.
func (b Basemap) address(s string) (bad []error) {
	u, err := url.Parse(strings.NewReplacer("{", "", "}", "").Replace(s))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		bad = append(bad, errors.New("--basemap-source: want http:// or https:// addresses, apart by spaces"))
	}
	for _, part := range []string{"{z}", "{x}", "{y}"} {
		if !strings.Contains(s, part) {
			bad = append(bad, fmt.Errorf("--basemap-source: %s is missing", part))
		}
	}
	if strings.Contains(s, "{key}") && b.Key == "" {
		bad = append(bad, errors.New("--basemap-source asks for {key}, but --basemap-key is empty"))
	}
	return bad
}
