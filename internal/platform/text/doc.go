// Package text looks at what people write: it masks personal data before a
// sentence may become public, and measures how alike two sentences are.
//
// Masking errs towards hiding: a needless star costs a reader little, a phone
// number left standing cannot be taken back. It is a first pass, not the
// decision to publish; a person releases text (moderation). Receipt codes and
// case numbers stay readable, because people need them.
//
// Search indexes and translation do not belong here.
package text

import _ "embed"

// Words are the sentences of this room: the names of the kinds.
//
//go:embed words.yaml
var Words []byte
