// Package calendar counts lawful time: natural days, working days, working
// hours and continuous hours 紧急工作时, over the official table of days off and
// make-up days and over office hours.
//
// It owns the tables and the arithmetic of one deadline: when it is due, how it
// is paused and resumed, when to warn. A running clock of a case belongs to
// casework/clock. The rules are those of the service procedures §0.3.
package calendar

import _ "embed"

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte
