package ui

import (
	"context"
	"fmt"
	"io"

	"github.com/a-h/templ"

	"xiucheng/internal/shell/asset"
)

// Icon draws a Tabler icon at the size of the text around it. It is hidden from
// screen readers: the words beside it say what it means. An unknown name is an
// error, so a test of the page fails.
func Icon(name string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		if name == "" {
			return nil
		}
		shapes, ok := asset.Icon(name)
		if !ok {
			return fmt.Errorf("ui: no icon %q; add it to tools/assets/icons.txt", name)
		}
		_, err := io.WriteString(w, `<svg class="i" viewBox="0 0 24 24" aria-hidden="true" focusable="false">`+shapes+`</svg>`)
		return err
	})
}
