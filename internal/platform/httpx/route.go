package httpx

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Handler answers one request. It either writes a full answer and returns nil,
// or writes nothing and returns an error, which the adapter renders.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Access says who may call a route. The zero value is refused at registration,
// so that nobody forgets to decide.
type Access struct {
	level level
	roles []string
}

type level int

const (
	undecided level = iota
	public
	signedIn
)

// Public lets everybody in.
func Public() Access { return Access{level: public} }

// SignedIn lets every account in.
func SignedIn() Access { return Access{level: signedIn} }

// Only lets in accounts that hold at least one of the roles.
func Only(roles ...string) Access { return Access{level: signedIn, roles: roles} }

// IsPublic reports whether no account is needed.
func (a Access) IsPublic() bool { return a.level == public }

// Roles lists the roles of which one is needed; nil when any account will do.
func (a Access) Roles() []string { return slices.Clone(a.roles) }

func (a Access) String() string {
	switch {
	case a.level == undecided:
		return "undecided"
	case a.level == public:
		return "public"
	case len(a.roles) == 0:
		return "signed-in"
	}
	return strings.Join(a.roles, "|")
}

// Route is one line of the route table.
type Route struct {
	Method  string // GET also answers HEAD
	Pattern string // a path of http.ServeMux: "/desk/{id}", "/static/"
	Access  Access
	Handler Handler
	Name    string // unique, "room.noun.verb"; logs and the route walk speak it

	// MaxBody is the largest accepted body in bytes; 0 means 1 MiB.
	MaxBody int64
	// Rate limits calls per client address; the zero Rate does not limit.
	Rate Rate
	// Timeout bounds the arrival of the body and the work together; 0 means one
	// minute. Routes that take photos from phones set more.
	Timeout time.Duration
	// Stream leaves the answer open: no timeout, no compression.
	Stream bool
	// Bare routes are public and answer without asking the Gate who is there:
	// files and health checks, which must work while the database does not.
	Bare bool
	// Plain answers are sent as written: already compressed files.
	Plain bool
}

// Defaults of a Route's limits.
const (
	DefaultMaxBody = 1 << 20
	DefaultTimeout = time.Minute
)

// check returns what is wrong with the line itself.
func (rt Route) check() error {
	switch {
	case rt.Method == "" || rt.Method != strings.ToUpper(rt.Method):
		return fmt.Errorf("httpx: route %q: method %q is not an upper-case method", rt.Pattern, rt.Method)
	case !strings.HasPrefix(rt.Pattern, "/"):
		return fmt.Errorf("httpx: route %q: the pattern must start with /", rt.Pattern)
	case rt.Name == "":
		return fmt.Errorf("httpx: route %s %s has no name", rt.Method, rt.Pattern)
	case rt.Handler == nil:
		return fmt.Errorf("httpx: route %s has no handler", rt.Name)
	case rt.Access.level == undecided:
		return fmt.Errorf("httpx: route %s does not say who may call it", rt.Name)
	case rt.Bare && !rt.Access.IsPublic():
		return fmt.Errorf("httpx: route %s is bare but not public", rt.Name)
	}
	return nil
}
