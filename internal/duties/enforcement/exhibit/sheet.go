package exhibit

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/pdf"
	"xiucheng/internal/shell/stepform"
)

// PhotoSheet sets the photos of a case as the evidence sheet P14: two on a page,
// each with its time, place, who took it and the digest of its original. Pick
// names the digests, none is all. A case without photos is NotFound.
func (m *Room) PhotoSheet(ctx context.Context, s *engine.Snapshot, pick []string) (_ []byte, err error) {
	defer fault.Trace(&err, "exhibit.PhotoSheet(%s)", s.ID)
	lib, err := m.Templates(ctx)
	if err != nil {
		return nil, err
	}
	t := lib.Latest("P14")
	if t == nil {
		return nil, fault.Missing("paper template")
	}
	list, err := evidence.Of(ctx, m.DB, s.Division, s.ID)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(e evidence.Exhibit) bool { return !e.Photo() || len(pick) > 0 && !slices.Contains(pick, e.SHA256) })
	if len(list) == 0 {
		return nil, fault.Missing("photos")
	}
	dir, err := m.People.Directory(ctx, s.Division)
	if err != nil {
		return nil, err
	}
	described, err := Of(ctx, m.DB, s.Division, s.ID)
	if err != nil {
		return nil, err
	}
	var shas, said, makers, proves []string
	for _, e := range list {
		who := nameOf(dir, e.Actor)
		shas, said = append(shas, e.SHA256), append(said, caption(e, who, s.Text("address")))
		if who != "" && !slices.Contains(makers, who) {
			makers = append(makers, who)
		}
	}
	for _, x := range described {
		if slices.ContainsFunc(x.Files, func(f File) bool { return slices.Contains(shas, f.SHA256) }) && !slices.Contains(proves, x.Proves) {
			proves = append(proves, x.Proves)
		}
	}
	d, err := t.Compose(paper.Content{Number: s.Number, Fields: paper.Values{"cause": s.Text("cause"), "proves": cmp.Or(strings.Join(proves, "；"), s.Text("clue")),
		"taken_at": taken(list[0]), "place": s.Text("address"), "maker": strings.Join(makers, "、"), "carrier": "本系统证据库，原始文件按校验值保存", "photos": shas, "photos_captions": said,
		"digest": "见每张照片下方"}, Files: func(sha string) ([]byte, error) { return m.print(ctx, sha) }})
	if err != nil {
		return nil, err
	}
	file, _, err := paper.Print(m.Press, pdf.Options{}, d)
	return file, err
}

// print is a photo made small enough for paper, as a JPEG or PNG: evidence of a
// dossier shows whom it is about.
func (m *Room) print(ctx context.Context, sha string) ([]byte, error) {
	data, err := m.Photos.Print(ctx, stepform.Plain(sha), false)
	if err == nil && (bytes.HasPrefix(data, []byte("\xff\xd8")) || bytes.HasPrefix(data, []byte("\x89PNG"))) {
		return data, nil
	}
	if err != nil {
		return nil, err
	}
	return nil, fault.Missing("photo")
}

// caption tells of a photo: when, where, by whom.
func caption(e evidence.Exhibit, who, address string) string {
	parts := []string{local(taken(e))}
	if e.Taken.IsZero() {
		parts[0] += "（接收时间）"
	}
	if e.At != nil { // the address stands above
		parts = append(parts, fmt.Sprintf("北纬%.5f 东经%.5f", e.At.Lat, e.At.Lng))
	} else if address != "" {
		parts = append(parts, address)
	}
	if who != "" {
		parts = append(parts, who)
	}
	return strings.Join(parts, "　")
}

func nameOf(dir *people.Directory, account string) string {
	key, err := id.Parse(account)
	if err != nil {
		return ""
	}
	a, err := dir.Account(key)
	if err != nil {
		return ""
	}
	return a.Name
}
