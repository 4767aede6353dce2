package config

import (
	"strings"
	"testing"
)

func TestABaseMapOfAServiceIsReadWithItsKeyHidden(t *testing.T) {
	const template = "http://t{s}.tianditu.gov.cn/DataServer?T=vec_c&x={x}&y={y}&l={z}&tk={key}"
	c, values, err := load(t, []string{"--basemap", "wmts", "--basemap-source", template, "--basemap-crs", "EPSG:4490", "--basemap-zoom", "17"},
		map[string]string{"XIUCHENG_BASEMAP_KEY": "s3cret-key"})
	if err != nil {
		t.Fatal(err)
	}
	if b := c.Basemap; b.Kind != "wmts" || b.Source != template || b.Key != "s3cret-key" || b.CRS != "EPSG:4490" || b.MaxZoom != 17 || b.CacheMB != 512 || b.Rate != 20 {
		t.Errorf("%+v", b)
	}
	for _, v := range values {
		if strings.Contains(v.Shown(), "s3cret") {
			t.Errorf("%s shows the key", v.Name)
		}
	}
}

func TestABaseMapThatCannotWorkIsRefused(t *testing.T) {
	for want, args := range map[string][]string{
		"a folder or an .mbtiles file":    {"--basemap", "tiles"},
		"needs --basemap-source: an addr": {"--basemap", "wmts"},
		"{y} is missing":                  {"--basemap", "wmts", "--basemap-source", "http://map.example/{z}/{x}"},
		"want http:// or https://":        {"--basemap", "wmts", "--basemap-source", "file:///etc/{z}/{x}/{y}"},
		"--basemap-key is empty":          {"--basemap", "wmts", "--basemap-source", "http://map.example/{z}/{x}/{y}?tk={key}"},
		"write {key} where":               {"--basemap", "wmts", "--basemap-source", "http://map.example/{z}/{x}/{y}?tk=s3cret"},
		"want one of vectors":             {"--basemap", "google"},
		"want one of EPSG:3857":           {"--basemap-crs", "BD-09"},
		"a number from 1 to 22":           {"--basemap-zoom", "30"},
	} {
		_, _, err := load(t, args, nil)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%v: %v, want %q", args, err, want)
		}
	}
}
