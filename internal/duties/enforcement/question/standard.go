package question

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// everything stands for any violation.
const everything = "*"

// Standard is the register of standard questions: those of every questioning
// (violation "*") and those of one violation, in the order of their numbers.
var Standard = register.Kind{ID: "interview", Key: []string{"violation", "order"}, Words: []string{"violation", "question_zh", "question_en"}, Columns: []register.Column{
	{Name: "violation", ZH: "违法行为编号", Required: true}, {Name: "order", ZH: "顺序", Required: true}, {Name: "question_zh", ZH: "问题", Required: true},
	{Name: "question_en", ZH: "英文问题", Required: true}}}

// Of are the standard questions for a violation, in the order in which they are
// asked: by number, those of every questioning first among equals.
func Of(ctx context.Context, q dbx.Querier, division id.ID, violation string) (out []i18n.Text, err error) {
	rows, err := register.All(ctx, q, division, Standard)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(r register.Row) bool {
		return r.Cells["violation"] != everything && r.Cells["violation"] != violation
	})
	slices.SortStableFunc(rows, func(a, b register.Row) int {
		return cmp.Or(cmp.Compare(len(a.Cells["order"]), len(b.Cells["order"])), strings.Compare(a.Cells["order"], b.Cells["order"]),
			strings.Compare(a.Cells["violation"], b.Cells["violation"]))
	})
	for _, r := range rows {
		out = append(out, i18n.Text{ZH: r.Cells["question_zh"], EN: r.Cells["question_en"]})
	}
	return out, nil
}
