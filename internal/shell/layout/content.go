package layout

import (
	"bytes"
	"context"
	"io"

	"github.com/a-h/templ"
)

// content renders its children and puts the title before them, for screen
// readers, where they hold no first heading: every page has exactly one.
func content(title string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		body := templ.GetBuffer()
		defer templ.ReleaseBuffer(body)
		if err := templ.GetChildren(ctx).Render(templ.ClearChildren(ctx), body); err != nil {
			return err
		}
		if !bytes.Contains(body.Bytes(), []byte("<h1")) {
			if _, err := io.WriteString(w, `<h1 class="sr">`+templ.EscapeString(title)+`</h1>`); err != nil {
				return err
			}
		}
		_, err := w.Write(body.Bytes())
		return err
	})
}
