// Package proof is the public's way to check 存证核验: a code or a digest is looked
// up in the sealed log, a bundle is checked as a whole, and the public keys are
// shown to compare with. No account is needed, every page works without scripts,
// and nothing here says what a case is about or whom it concerns.
package proof

import _ "embed"

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate
