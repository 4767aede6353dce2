package asset

import (
	"regexp"
	"sync"
)

var symbol = regexp.MustCompile(`<symbol id="([^"]+)" viewBox="0 0 24 24">(.*?)</symbol>`)

var icons = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	if b, err := embedded.ReadFile("vendor/icons.svg"); err == nil {
		for _, s := range symbol.FindAllSubmatch(b, -1) {
			m[string(s[1])] = string(s[2])
		}
	}
	return m
})

// Icon returns the shapes of an icon (24 × 24, drawn with strokes) to stand
// inside a page: a page pays for the icons it shows and not for the whole
// sprite. false when there is no such icon.
func Icon(name string) (string, bool) {
	s, ok := icons()[name]
	return s, ok
}
