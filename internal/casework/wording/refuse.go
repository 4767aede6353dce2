package wording

import (
	"strings"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

// Refuse puts the finished sentence of the refusal, in both languages, into the
// argument "text"; the article follows where the sentence does not name one.
func Refuse(p *procedure.Procedure, err *fault.Error, args fault.Args, law string) *fault.Error {
	given := fault.Args{}
	for k := range err.Args {
		given[k] = args[k]
	}
	t, ok := p.Refusals[err.Key]
	if !ok {
		t = i18n.Text{ZH: err.Key, EN: err.Key}
	}
	text := Fill(t, args)
	if law != "" {
		given["law"] = law
	}
	if law != "" && !strings.Contains(t.ZH, "》第") {
		text.ZH += "（" + law + "）"
		text.EN += " (" + law + ")"
	}
	given["text"] = text
	err.Args = given
	return err
}
