package dossier

// bound are the facts of the dossier as one volume.
var bound = map[string]question{
	"volume_pages": func(a asking) (any, error) {
		n, err := a.Pages(a.ctx, a.Snapshot.Division, a.Snapshot.ID)
		return int64(n), err
	},
}
