package record

import "slices"

// lead are the columns of a list's index: the equality that leaves fewest
// cases and the list's order behind it. nil leaves the choice to the engine:
// children are few, whatever the order.
func (f Filter) lead(order string) []string {
	state, dept := len(f.States) == 1, len(f.Depts) == 1
	switch {
	case !f.Parent.IsZero():
		return nil
	case f.Component != "":
		return []string{"component", order}
	case f.Assignee != "":
		return []string{"assignee", order}
	case order == "opened" && f.Class != "":
		return []string{"class", order}
	case state:
		return []string{"state", order}
	case order == "opened" && dept:
		return []string{"dept", order}
	case order == "opened":
		return []string{order}
	case dept && f.Terminal != Either:
		return []string{"dept", "terminal", order}
	}
	return []string{"terminal", order}
}

// column is a column as it stands in a condition. SQLite keeps no picture of
// how values are spread and takes every equality for a rare one: it would fetch
// all closed cases to sort them. What is not to choose the index stands in a
// cast, which hides it there; PostgreSQL knows better and sees through a cast
// to the column's own type.
func (w *where) column(name string) string {
	if w.lead == nil || slices.Contains(w.lead, name) {
		return name
	}
	switch name {
	case "terminal":
		return "CAST(terminal AS BOOLEAN)"
	case "due", "opened":
		return "CAST(" + name + " AS BIGINT)"
	}
	return "CAST(" + name + " AS TEXT)"
}
