// Package photo turns an uploaded file into something the program may believe:
// it decodes a file before calling it a photo, reads when and where it was
// taken, makes small upright copies for screens, strips what a shared copy must
// not carry (place, device, author), and gives a 64-bit likeness for hints.
//
// It knows bytes and pixels only. Where originals are kept (blob), what a photo
// proves (record) and who may see it (duties) do not belong here.
package photo

import _ "embed"

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte
