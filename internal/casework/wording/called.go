package wording

import (
	"maps"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

// ToParty names the case by the end of the reporter's own code until it has a
// number: the whole code is nowhere kept.
func ToParty(t i18n.Text, args fault.Args, last4 string) i18n.Text {
	if last4 != "" {
		args = Called(args, "…"+last4)
	}
	return Fill(t, args)
}

// Called gives a case without a number the name it goes by.
func Called(args fault.Args, name string) fault.Args {
	if no, _ := args["no"].(string); no != "" {
		return args
	}
	given := maps.Clone(args)
	given["no"] = name
	return given
}
