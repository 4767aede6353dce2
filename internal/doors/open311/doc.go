// Package open311 is the way in for other programs: GeoReport v2 at
// /open311/v2/, in XML and JSON. It tells which services there are and what
// each asks, takes reports from holders of an API key, and lists what everybody
// may read. It decides nothing about cases: who may read what is the incident
// duty's business, and reports go the same way as those of the public page.
//
// Source: the GeoReport v2 specification and Service Discovery at open311.org,
// with two extensions in wide use: page and page_size on the list, and photos
// sent as multipart "media". Reporters' e-mail addresses, devices and accounts
// are not kept: nothing here would use them.
package open311

import _ "embed"

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte
