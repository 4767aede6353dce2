package open311

import (
	_ "embed"
	"net/http"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed openapi.yaml
var description []byte

// describe is the description of the whole interface for programs as JSON.
var describe = sync.OnceValues(func() ([]byte, error) { return yaml.YAMLToJSON(description) })

func (d *Door) openapi(w http.ResponseWriter, _ *http.Request) error {
	b, err := describe()
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", inJSON.mime)
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	_, _ = w.Write(b) // the caller may have left
	return nil
}
