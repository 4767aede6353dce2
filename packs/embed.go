// Package packs holds the jurisdiction packs that ship inside the program:
// cn-base, what every district in mainland China shares, and weifang-ez, the
// demonstration zone. It is data; reading it is ground/pack's matter.
package packs

import (
	"embed"
	"io/fs"
)

// Only data: the programs that draw it lie beside it.
//
//go:embed cn-base
//go:embed weifang-ez/*.yaml weifang-ez/*.csv weifang-ez/geo weifang-ez/law weifang-ez/demo weifang-ez/stall weifang-ez/frontage weifang-ez/street
//go:embed weifang-ez/pictures/*.yaml weifang-ez/pictures/*.jpg
var files embed.FS

// FS returns the folder of an embedded pack; an unknown id is fs.ErrNotExist.
func FS(id string) (fs.FS, error) {
	if _, err := fs.Stat(files, id); err != nil {
		return nil, err
	}
	return fs.Sub(files, id)
}

// IDs lists the embedded packs, each after those it depends on.
func IDs() []string { return []string{"cn-base", "weifang-ez"} }
