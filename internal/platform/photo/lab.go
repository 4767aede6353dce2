package photo

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"time"

	"xiucheng/internal/platform/fault"
)

// Long edges, in pixels, and JPEG qualities of the copies.
const (
	ScreenEdge = 1600
	ThumbEdge  = 320

	screenQuality = 82
	thumbQuality  = 76
)

// decodes at a time: one large photo takes some 200 MB while it is open.
const benches = 2

// Lab decodes photos, two at a time; further callers wait. One Lab serves the
// whole program.
type Lab struct {
	bench chan struct{}
	zone  *time.Location
}

// NewLab returns a Lab. zone is where photos without a UTC offset were taken
// (Asia/Shanghai); nil means UTC.
func NewLab(zone *time.Location) *Lab {
	if zone == nil {
		zone = time.UTC
	}
	return &Lab{bench: make(chan struct{}, benches), zone: zone}
}

// Prints is everything that is made of one photo.
type Prints struct {
	Head          // of the original, as stored
	Meta   Meta   // what the file says about its taking
	Screen []byte // upright JPEG, long edge ≤ ScreenEdge, without any metadata
	Thumb  []byte // upright JPEG, long edge ≤ ThumbEdge, without any metadata
	Hash   Hash   // likeness of the upright picture
}

// Develop believes a file only after decoding it whole, and returns its copies,
// metadata and likeness. It refuses like Sniff, photo.unreadable also for a
// file that breaks off; Unavailable when ctx ends while waiting for a bench.
// The data is read only.
func (l *Lab) Develop(ctx context.Context, data []byte) (p Prints, err error) {
	defer fault.Trace(&err, "photo.Develop(%d bytes)", len(data))
	p, screen, free, err := l.open(ctx, data, ScreenEdge)
	if err != nil {
		return Prints{}, err
	}
	defer free()
	err = p.print(screen)
	return p, err
}

// open decodes a photo on a bench of its own until free is called: upright, its
// long edge at most edge.
func (l *Lab) open(ctx context.Context, data []byte, edge int) (p Prints, img *image.RGBA, free func(), err error) {
	head, err := Sniff(data)
	if err != nil {
		return Prints{}, nil, nil, err
	}
	if free, err = l.sit(ctx); err != nil {
		return Prints{}, nil, nil, err
	}
	raw, err := decode(head.Format, data)
	if err != nil {
		free()
		return Prints{}, nil, nil, unreadable(err)
	}
	p = Prints{Head: head, Meta: ReadMeta(data, l.zone)}
	return p, upright(fit(raw, edge), p.Meta.Orientation), free, nil
}

// print makes the copies and the likeness of a picture.
func (p *Prints) print(screen *image.RGBA) (err error) {
	thumb := fit(screen, ThumbEdge)
	p.Hash = likeness(thumb)
	if p.Screen, err = encode(screen, screenQuality); err != nil {
		return err
	}
	p.Thumb, err = encode(thumb, thumbQuality)
	return err
}

// sit waits for a free bench.
func (l *Lab) sit(ctx context.Context) (free func(), err error) {
	select {
	case l.bench <- struct{}{}:
		return func() { <-l.bench }, nil
	case <-ctx.Done():
		return nil, fault.Wrap(ctx.Err(), fault.Unavailable, "photo.busy")
	}
}

func encode(img image.Image, quality int) ([]byte, error) {
	var b bytes.Buffer
	err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality})
	return b.Bytes(), err
}
