package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"xiucheng/internal/duties/incident/hotline"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/sheet"
)

// ImportHotline takes a file of the hotline into a division and answers every
// line; kind is one of hotline.Kinds.
func (a *App) ImportHotline(ctx context.Context, division, kind, file string) ([]hotline.Answer, error) {
	d, err := a.pick(ctx, division)
	if err != nil {
		return nil, err
	}
	body, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	actor := people.SystemActor(d.ID)
	f, err := a.orders.Lay(ctx, actor, kind, filepath.Base(file), body)
	if err != nil {
		return nil, err
	}
	f, err = a.orders.TakeIn(ctx, actor, f.ID)
	return f.Answers, err
}

// ExportHotline writes export n of a division into a file, .csv or .xlsx; n 0
// makes a new export of what changed. It returns the export's number, 0 when
// nothing changed and no file was written.
func (a *App) ExportHotline(ctx context.Context, division, file string, n int64) (_ int64, err error) {
	d, err := a.pick(ctx, division)
	if err != nil {
		return 0, err
	}
	if n == 0 {
		if n, err = a.orders.Export(ctx, people.SystemActor(d.ID)); err != nil || n == 0 {
			return 0, err
		}
	}
	s, err := a.orders.Sheet(i18n.With(ctx, &i18n.Printer{Bundle: a.words, Lang: i18n.ZH}), d.ID, n)
	if err != nil {
		return 0, err
	}
	format := sheet.CSV
	if strings.HasSuffix(strings.ToLower(file), ".xlsx") {
		format = sheet.XLSX
	}
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, err
	}
	return n, errors.Join(s.Write(ctx, out, format), out.Close())
}
