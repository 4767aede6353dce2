package dossier

// remedyWords are what the answers to a remedy name of it: who decides and who asks.
var remedyWords = map[string]func(saying) map[string]any{
	"P57": func(s saying) map[string]any {
		return map[string]any{"to_body": s.After.Text("body"), "applicant": s.After.Text("party")}
	},
	"P57a": func(s saying) map[string]any {
		return map[string]any{"court_name": s.After.Text("body"), "plaintiff": s.After.Text("party")}
	},
	"P01": func(s saying) map[string]any {
		if s.Step.ID != "i_find" {
			return nil
		}
		return map[string]any{"source": "patrol", "clue": s.text("building")}
	},
}
