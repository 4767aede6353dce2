package seal

import (
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is what a signature stands under: a log had this many leaves and
// this root. Its text is that of C2SP tlog-checkpoint with one line more, the
// instant.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash
	At     time.Time
}

const timePrefix = "time "

// Text is the signed text.
func (c Checkpoint) Text() string {
	return c.Origin + "\n" + strconv.FormatInt(c.Size, 10) + "\n" + base64.StdEncoding.EncodeToString(c.Root[:]) + "\n" +
		timePrefix + c.At.UTC().Format(time.RFC3339) + "\n"
}

var errCheckpoint = errors.New("this is no checkpoint")

// ParseCheckpoint reads a checkpoint's text; only the very text is one.
func ParseCheckpoint(text string) (c Checkpoint, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 5 || lines[0] == "" {
		return c, errCheckpoint
	}
	c.Origin = lines[0]
	if c.Size, err = strconv.ParseInt(lines[1], 10, 64); err != nil || c.Size < 0 {
		return c, errCheckpoint
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return c, errCheckpoint
	}
	copy(c.Root[:], root)
	if c.At, err = time.Parse(time.RFC3339, strings.TrimPrefix(lines[3], timePrefix)); err != nil || c.Text() != text {
		return c, errCheckpoint
	}
	return c, nil
}

// OpenCheckpoint checks the signature of a note by one of the keys, and reads
// its checkpoint. The key is the one that signed.
func OpenCheckpoint(signed string, keys ...string) (c Checkpoint, key string, err error) {
	for _, k := range keys {
		v, err := note.NewVerifier(k)
		if err != nil {
			continue
		}
		n, err := note.Open([]byte(signed), note.VerifierList(v))
		if err != nil || len(n.UnverifiedSigs) > 0 || len(n.Sigs) != 1 {
			continue
		}
		c, err := ParseCheckpoint(n.Text)
		if err == nil && c.Origin != v.Name() {
			err = errCheckpoint
		}
		return c, k, err
	}
	return c, "", errors.New("none of the known keys signed this checkpoint")
}
