// Package account is the staff's own door: signing in and out, the list of
// one's sessions and sign-ins, a new password, and stepping into the practice
// division and back. Who a person is and may do belongs to ground/people.
package account

import _ "embed"

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate
