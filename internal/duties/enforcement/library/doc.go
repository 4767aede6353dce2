// Package library is the law library 法条库: violations with the matters of the
// catalogue they are found by, the versions of the rules that forbid them, and
// the discretion benchmark 裁量基准.
//
// It reads rows of the registers as the plain values that package law computes
// with. An amount that nobody verified is kept and shown, but no fine may be
// imposed by it until an administrator confirmed it against the text.
package library

import _ "embed"

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte
