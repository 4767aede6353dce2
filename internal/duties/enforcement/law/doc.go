// Package law is what the law of administrative penalties computes rather than
// asks: which version of a rule applies, whether an act may still be pursued,
// whether a hearing, a legal review or a panel is due, whether a penalty may be
// imposed on the spot, what a late payer owes, whether an offence is the first.
//
// Everything here is a pure function of its arguments. It reads no database and
// no clock; money is in fen, days are calendar dates. Each function names the
// articles it follows; PL is 行政处罚法 (2021), CL 行政强制法, ENV 生态环境法典
// (2026). A reason carries the code of the refusal (N01 to N75) that a procedure
// shows for it. Periods that end on a day off are the calendar's matter.
package law

import _ "embed"

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte
