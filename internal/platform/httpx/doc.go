// Package httpx is the program's way of speaking HTTP: handlers that return
// errors, one route table that can be read and listed, one adapter that turns a
// fault into a page, a fragment or problem+json, the middleware every request
// passes, and the server with its graceful end.
//
// It owns status codes, headers, limits and the wire. It does not know who the
// visitor is (a Gate from outside decides), nor how a page looks (the shell
// hands in the error page).
package httpx

import _ "embed"

// Words are the sentences of this room, and those of package fault.
//
//go:embed words.yaml
var Words []byte
