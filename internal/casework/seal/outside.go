package seal

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
)

// outside is where a division's checkpoints are kept besides the database: a
// file of signed notes, each followed by an empty line, and one of public keys.
// Both only grow.
type outside struct{ notes, keys string }

// Folder is where a data folder keeps its checkpoints.
func Folder(data string) string { return filepath.Join(data, "checkpoints") }

// SetAside renames the checkpoints and keys of a data folder and of the further
// folder: another state of the database takes their place, and theirs need not
// fit it.
func SetAside(now time.Time, data, further string) (err error) {
	defer fault.Trace(&err, "seal.SetAside")
	for _, dir := range folders(data, further) {
		logs, err1 := filepath.Glob(filepath.Join(dir, "*.log"))
		keys, err2 := filepath.Glob(filepath.Join(dir, "*.keys"))
		list, err := append(logs, keys...), errors.Join(err1, err2)
		for i := 0; err == nil && i < len(list); i++ {
			err = os.Rename(list[i], list[i]+".before-"+now.Format("20060102-150405"))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func folders(data, further string) []string {
	if further == "" {
		return []string{Folder(data)}
	}
	return []string{Folder(data), further}
}

// outsides are the data folder's own and the further one.
func (s *Sealer) outsides(d people.Division) (out []outside) {
	for _, dir := range folders(s.Dir, s.Copy) {
		out = append(out, outside{filepath.Join(dir, d.Key+".log"), filepath.Join(dir, d.Key+".keys")})
	}
	return out
}

// appendFile adds text to a file and waits until the disk has it.
func appendFile(path string, mode fs.FileMode, text string) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, mode)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}

func (o outside) addKey(public string) error {
	known, err := o.known()
	if err != nil || slices.Contains(known, public) {
		return err
	}
	return appendFile(o.keys, 0o644, public+"\n")
}

// known are the public keys beside the checkpoints.
func (o outside) known() ([]string, error) {
	raw, err := os.ReadFile(o.keys)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return strings.Fields(string(raw)), err
}

// add writes notes at the end. What a crash left half written is closed off
// first and stays as it is.
func (o outside) add(notes []string) error {
	end, err := o.tail(2)
	if err != nil {
		return err
	}
	text := strings.Join(notes, "\n") + "\n"
	if end != "" && end != "\n\n" {
		text = "\n\n" + text
	}
	return appendFile(o.notes, 0o644, text)
}

// tail is the end of the file, at most so many bytes.
func (o outside) tail(most int64) (string, error) {
	f, err := os.Open(o.notes)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	st, err := f.Stat()
	if err != nil {
		return "", errors.Join(err, f.Close())
	}
	b := make([]byte, min(most, st.Size()))
	_, err = f.ReadAt(b, st.Size()-int64(len(b)))
	return string(b), errors.Join(err, f.Close())
}

// enough of a file's end to hold some notes.
const enough = 16 << 10

// last is the newest note that one of the keys signed; ok when there is one.
func (o outside) last(keys []string) (c Checkpoint, ok bool, err error) {
	end, err := o.tail(enough)
	if err != nil {
		return c, false, err
	}
	err = split(strings.NewReader(end), func(signed string) {
		if x, _, err := OpenCheckpoint(signed, keys...); err == nil {
			c, ok = x, true
		}
	})
	return c, ok, err
}

// all hands over each note of the file, the oldest first.
func (o outside) all(each func(signed string)) error {
	f, err := os.Open(o.notes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(split(f, each), f.Close())
}

// sigPrefix begins the lines of signatures in a note.
const sigPrefix = "— "

// split finds the notes of a text: a block and the block of signatures after it.
func split(r io.Reader, each func(signed string)) error {
	var block, before []string
	flush := func() {
		if len(block) > 0 && strings.HasPrefix(block[0], sigPrefix) && len(before) > 0 {
			each(strings.Join(before, "\n") + "\n\n" + strings.Join(block, "\n") + "\n")
		}
		if len(block) > 0 {
			before, block = block, nil
		}
	}
	in := bufio.NewScanner(r)
	for in.Scan() {
		if in.Text() == "" {
			flush()
		} else {
			block = append(block, in.Text())
		}
	}
	flush()
	return in.Err()
}
