package bundle

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// A bundle is a ZIP in which every byte is determined: parts are stored as they
// are, one behind the other, without instants, comments or gaps. So it opens
// everywhere, nothing can be hidden in it, and reading it needs no trust in what
// its directory says.

const (
	partSig = 0x04034b50
	dirSig  = 0x02014b50
	endSig  = 0x06054b50
	partLen = 30
	version = 20
	date    = 0x0021 // 1 January 1980, the zero of ZIP
	maxName = 200
	maxAll  = math.MaxUint32 - 1<<20
)

// part is one file of the container.
type part struct {
	name   string
	size   int64
	crc    uint32
	offset int64 // of its header
}

func (p part) header() []byte {
	b := binary.LittleEndian.AppendUint32(nil, partSig)
	return p.common(b)
}

// common are the fields that header and directory share, and the name.
func (p part) common(b []byte) []byte {
	for _, v := range []uint16{version, 0, 0, 0, date} {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	for _, v := range []uint32{p.crc, uint32(p.size), uint32(p.size)} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	b = binary.LittleEndian.AppendUint16(b, uint16(len(p.name)))
	b = binary.LittleEndian.AppendUint16(b, 0)
	return append(b, p.name...)
}

// directory is what stands behind all parts.
func directory(parts []part, at int64) []byte {
	var b []byte
	for _, p := range parts {
		b = binary.LittleEndian.AppendUint32(b, dirSig)
		b = binary.LittleEndian.AppendUint16(b, version)
		c := p.common(nil)
		b = append(b, c[:len(c)-len(p.name)]...)
		b = append(b, make([]byte, 2+2+2+4)...) // no comment, one disk, no attributes
		b = binary.LittleEndian.AppendUint32(b, uint32(p.offset))
		b = append(b, p.name...)
	}
	size := len(b)
	b = binary.LittleEndian.AppendUint32(b, endSig)
	for _, v := range []uint16{0, 0, uint16(len(parts)), uint16(len(parts))} {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	b = binary.LittleEndian.AppendUint32(b, uint32(at))
	return binary.LittleEndian.AppendUint16(b, 0)
}

// pack writes a container.
type pack struct {
	w     io.Writer
	at    int64
	parts []part
}

func (c *pack) add(name string, size int64, crc uint32, body io.Reader) error {
	p := part{name, size, crc, c.at}
	if c.at+size > maxAll {
		return errors.New("the files of this case are more than one ZIP holds")
	}
	head := p.header()
	if _, err := c.w.Write(head); err != nil {
		return err
	}
	n, err := io.Copy(c.w, body)
	if err == nil && n != size {
		err = fmt.Errorf("%s changed while it was read", name)
	}
	c.parts = append(c.parts, p)
	c.at += int64(len(head)) + size
	return err
}

func (c *pack) close() error {
	_, err := c.w.Write(directory(c.parts, c.at))
	return err
}

// maxParts is how many files a bundle may have.
const maxParts = 10_000

// unpack hands over each part in order. What is not as pack would have written
// it goes to wrong, with the part where it is; reading ends where it cannot go on.
func unpack(r io.ReaderAt, size int64, each func(p part, body io.Reader) (crc uint32, err error), wrong func(name, why string)) error {
	var parts []part
	last := "" // where a reader loses the thread
	at := int64(0)
	for {
		head := make([]byte, partLen)
		if n, err := r.ReadAt(head, at); err != nil && !(errors.Is(err, io.EOF) && n >= 4) {
			wrong(last, "cut off")
			return nil
		}
		if binary.LittleEndian.Uint32(head) != partSig {
			break
		}
		p := part{offset: at, crc: binary.LittleEndian.Uint32(head[14:]), size: int64(binary.LittleEndian.Uint32(head[22:]))}
		n := int64(binary.LittleEndian.Uint16(head[26:]))
		if n > maxName || at+partLen+n+p.size > size || len(parts) == maxParts {
			wrong(last, fmt.Sprintf("no part at byte %d", at))
			return nil
		}
		name := make([]byte, n)
		if _, err := r.ReadAt(name, at+partLen); err != nil {
			return err
		}
		p.name = string(name)
		if !bytes.Equal(append(head, name...), p.header()) {
			wrong(p.name, "header")
		}
		crc, err := each(p, io.NewSectionReader(r, at+partLen+n, p.size))
		if err != nil {
			return err
		}
		if crc != p.crc {
			wrong(p.name, "checksum")
		}
		parts = append(parts, p)
		last = p.name
		at += partLen + n + p.size
	}
	want := directory(parts, at)
	if size-at != int64(len(want)) {
		wrong("", fmt.Sprintf("%d bytes behind the parts instead of %d", size-at, len(want)))
		return nil
	}
	got := make([]byte, len(want))
	if _, err := r.ReadAt(got, at); err != nil {
		return err
	}
	for i := range got {
		if got[i] != want[i] {
			wrong("", fmt.Sprintf("directory at byte %d", at+int64(i)))
			break
		}
	}
	return nil
}
