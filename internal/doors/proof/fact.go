package proof

import (
	"context"
	"encoding/hex"
	"slices"
	"strconv"
	"time"

	"xiucheng/internal/casework/bundle"
	"xiucheng/internal/casework/seal"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/ui"
)

func local(t time.Time) string { return t.In(calendar.Zone).Format("2006-01-02 15:04:05") }

func hitFacts(ctx context.Context, h hit) []ui.Fact {
	out := []ui.Fact{
		{Label: i18n.T(ctx, "proof.number"), Text: h.Number, Wide: true},
		{Label: i18n.T(ctx, "proof.event"), Text: strconv.FormatInt(h.Seq, 10), Wide: true},
	}
	if h.File {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "proof.proven"), Text: i18n.T(ctx, "proof.file"), Wide: true})
	} else {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "proof.proven"), Text: i18n.T(ctx, "proof.an_event"), Wide: true})
	}
	if h.First.Size > 0 {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "proof.sealed"), Text: local(h.First.At), Wide: true},
			ui.Fact{Label: i18n.T(ctx, "proof.place"), Text: i18n.T(ctx, "proof.of", "n", h.N+1, "size", h.First.Size), Wide: true})
	}
	return append(out, ui.Fact{Label: i18n.T(ctx, "proof.code"), Text: seal.Code(h.Hash), Wide: true},
		ui.Fact{Label: i18n.T(ctx, "proof.hash"), Value: long(hex.EncodeToString(h.Hash)), Wide: true})
}

func bundleFacts(ctx context.Context, a answer) []ui.Fact {
	out := []ui.Fact{
		{Label: i18n.T(ctx, "proof.number"), Text: a.Manifest.Number, Wide: true},
		{Label: i18n.T(ctx, "proof.events"), Text: strconv.Itoa(a.Events), Wide: true},
		{Label: i18n.T(ctx, "proof.files"), Text: strconv.Itoa(a.Files), Wide: true},
	}
	if !a.Checkpoint.At.IsZero() {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "proof.sealed"), Text: local(a.Checkpoint.At), Wide: true})
	}
	if a.Code != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "proof.code"), Text: a.Code, Wide: true})
	}
	return append(out, ui.Fact{Label: i18n.T(ctx, "proof.signed"), Value: long(a.Key), Wide: true})
}

// since says when a key came into use, and whether it still is.
func since(ctx context.Context, keys []seal.Key, i int) string {
	word := "proof.key_old"
	if i == len(keys)-1 {
		word = "proof.key_now"
	}
	return i18n.T(ctx, word, "day", keys[i].Made.In(calendar.Zone).Format(time.DateOnly))
}

// shown is how many findings the page lists.
const shown = 50

// findings are the sentences of what was found, each once.
func findings(ctx context.Context, list []bundle.Finding) (out []string) {
	for _, f := range list {
		name := f.File
		if name == "" {
			name = i18n.T(ctx, "proof.container")
		}
		if f.Seq > 0 {
			name += " · " + i18n.T(ctx, "proof.event_n", "n", f.Seq)
		}
		line := name + i18n.T(ctx, "proof.colon") + i18n.T(ctx, "proof.what."+string(f.What))
		if !slices.Contains(out, line) && len(out) < shown {
			out = append(out, line)
		}
	}
	return out
}
