package app

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/heat"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/seal"
	"xiucheng/internal/casework/search"
	"xiucheng/internal/casework/webhook"
	"xiucheng/internal/config"
	"xiucheng/internal/doors/account"
	"xiucheng/internal/doors/admin"
	"xiucheng/internal/doors/ground"
	"xiucheng/internal/doors/inventory"
	"xiucheng/internal/doors/open311"
	"xiucheng/internal/doors/portal"
	"xiucheng/internal/doors/proof"
	"xiucheng/internal/doors/rulebook"
	"xiucheng/internal/doors/unitlink"
	"xiucheng/internal/duties/enforcement/docket"
	"xiucheng/internal/duties/enforcement/dossier"
	"xiucheng/internal/duties/enforcement/library"
	"xiucheng/internal/duties/enforcement/paperwork"
	enfparty "xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/duties/enforcement/review"
	enforcementweb "xiucheng/internal/duties/enforcement/web"
	"xiucheng/internal/duties/frontage"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/duties/incident/auto"
	"xiucheng/internal/duties/incident/errand"
	"xiucheng/internal/duties/incident/hotline"
	"xiucheng/internal/duties/incident/listing"
	"xiucheng/internal/duties/incident/subscriber"
	"xiucheng/internal/duties/incident/succession"
	"xiucheng/internal/duties/incident/web"
	"xiucheng/internal/duties/joint/operation"
	"xiucheng/internal/duties/shift"
	"xiucheng/internal/duties/stall/watch"
	"xiucheng/internal/ground/basemap"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/component"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/ground/resident"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/blob"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/event"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/job"
	"xiucheng/internal/platform/message"
	"xiucheng/internal/platform/metric"
	"xiucheng/internal/platform/pdf"
	"xiucheng/internal/platform/photo"
	"xiucheng/internal/platform/session"
	"xiucheng/internal/shell/asset"
	"xiucheng/internal/shell/layout"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/stepform"
)

// App is the whole program, ready to serve. Tests start it on port 0.
type App struct {
	cfg    *config.Config
	log    *slog.Logger
	clk    clock.Clock
	db     *dbx.DB
	blobs  *blob.Store
	words  *i18n.Bundle
	router *httpx.Router
	hub    *event.Hub
	relay  *event.Relay
	jobs   *job.Runner
	gauges *metric.Registry

	people     *people.Service
	sessions   *session.Store
	packs      *pack.Service
	calendars  *calendar.Service
	places     *place.Service
	catalogues *catalogue.Service
	components *component.Service
	duty       *incident.Duty
	shifts     *shift.Room
	machine    *auto.Dispatcher
	succession *succession.Registry
	engine     *engine.Engine
	sealer     *seal.Sealer
	webhooks   *webhook.Service
	papers     *paper.Room
	templates  atomic.Pointer[paper.Library]
	citizens   *incident.Citizens
	lists      *listing.Room
	orders     *hotline.Room
	desk       *web.Desk
	telling    atomic.Bool // the demonstration's past is being told: its clocks wait
	lab        *photo.Lab
	under      *basemap.Map
	maps       *ground.Door
	ground     mapview.Ground
	photos     *stepform.Desk
	messages   *message.Service
	residents  *resident.Service
	visitors   *session.Store // of residents
	mine       *subscriber.Room
	errands    *errand.Runner
	links      *unitlink.Room
	registry   *register.Service
	library    *library.Service
	parties    *enfparty.Service
	dossiers   *dossier.Room
	paperwork  *paperwork.Room
	over       oversight
	joint      joint
	stalls     stalls
	frontages  frontages
	onStreet   onStreet
	keepers    keepers
}

// Database is where the configuration keeps its data: PostgreSQL, or a SQLite
// file in the data folder.
func Database(cfg *config.Config) string {
	if cfg.DB != "" {
		return cfg.DB
	}
	return "sqlite:" + filepath.Join(cfg.Data, "xiucheng.db")
}

// keepEvents is how long a follower may be away and still miss nothing.
const keepEvents = 7 * 24 * time.Hour

// New opens the data and composes the program. Close it when done.
func New(ctx context.Context, cfg *config.Config, clk clock.Clock, log *slog.Logger) (_ *App, err error) {
	defer fault.Trace(&err, "app.New")
	a := &App{cfg: cfg, log: log, clk: clk, hub: event.NewHub(), gauges: metric.New(clk)}
	if a.words, err = sentences(); err != nil {
		return nil, err
	}
	if a.db, err = dbx.Open(ctx, Database(cfg), log); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil && a.under != nil {
			err = errors.Join(err, a.under.Close())
		}
		if err != nil {
			err = errors.Join(err, a.db.Close())
		}
	}()
	if err = a.db.Migrate(ctx, Migrations()...); err != nil {
		return nil, err
	}
	if a.blobs, err = blob.Open(filepath.Join(cfg.Data, "files")); err != nil {
		return nil, err
	}
	if err = a.services(); err != nil {
		return nil, err
	}
	a.measure()
	if err = a.openGround(); err != nil {
		return nil, err
	}
	if err = a.loadProcedures(ctx); err != nil {
		return nil, err
	}
	return a, a.routes()
}

// services makes what the rooms offer.
func (a *App) services() (err error) {
	a.relay = event.NewRelay(a.db, a.clk, a.log, a.hub, keepEvents)
	a.jobs = job.NewRunner(a.db, a.clk, a.log)
	a.jobs.Every("sweep events", time.Hour, a.relay.Sweep)
	a.sessions = session.New(a.db, a.clk, a.cfg.SessionIdle, a.cfg.SessionMax, a.tls())
	a.visitors = a.sessions.Named("resident", residentIdle, residentMax)
	a.jobs.Every("sweep sessions", time.Hour, a.visitors.Sweep) // the longer ones
	a.packs = pack.New(a.db, a.clk)
	a.people = people.New(a.db, a.clk, a.packs.Strict)
	a.calendars = calendar.New(a.db, a.packs.RollsWeekends)
	a.places = place.New(a.db)
	a.catalogues = catalogue.New(a.db, a.clk)
	a.components = component.New(a.db, a.clk, a.places, a.catalogues)
	a.registry = register.New(a.db, a.clk)
	a.library = library.New(a.db, a.registry)
	a.parties = enfparty.New(a.db, a.clk)
	a.lab = photo.NewLab(calendar.Zone)
	if a.photos, err = stepform.NewDesk(a.lab, a.blobs); err != nil {
		return err
	}
	a.duty = incident.New(incident.Deps{Places: a.places, Catalogues: a.catalogues, People: a.people, Settings: a.packs.Settings})
	a.links = &unitlink.Room{DB: a.db, Clock: a.clk, People: a.people, Catalogues: a.catalogues, Settings: a.packs.Settings, Photos: a.photos}
	a.shifts = shift.New(shift.Deps{DB: a.db, Engine: func() *engine.Engine { return a.engine }, People: a.people, Clock: a.clk,
		Watching: func(ctx context.Context, actor people.Actor) ([]record.Row, error) {
			return a.lists.Watching(ctx, actor, record.Filter{Terminal: record.No})
		}})
	a.papers = &paper.Room{DB: a.db, Blobs: a.blobs, Press: pdf.NewPress(filepath.Join(a.cfg.Data, "fonts")), Library: a.paperLibrary, BaseURL: a.cfg.BaseURL}
	a.paperwork = paperwork.New(paperwork.Deps{DB: a.db, Engine: func() *engine.Engine { return a.engine }, People: a.people, Papers: a.papers, Photos: a.photos,
		Clock: a.clk, Readers: people.Dossiers})
	a.dossiers = dossier.New(dossier.Deps{DB: a.db, Engine: func() *engine.Engine { return a.engine }, People: a.people, Places: a.places, Library: a.library,
		Papers: func() *paper.Room { return a.papers }, Templates: a.paperLibrary, Pages: a.paperwork.Pages, Settings: a.packs.Settings, Calendar: a.calendars.Calendar, Operated: a.operated, Clock: a.clk})
	if err := a.oversee(); err != nil {
		return err
	}
	a.goTogether()
	a.openStalls()
	a.openFrontages()
	a.openStreet()
	a.engine = engine.New(engine.Config{DB: a.db, Clock: a.clk, Blobs: a.blobs, Log: a.log, Wake: a.relay.Wake, Refused: a.gauges.Refusal,
		Directory: a.people.Directory, Calendar: a.calendars.Calendar, Settings: a.packs.Settings}, a.hooks())
	a.links.Engine, a.links.Operations = a.engine, a.joint.operations
	a.openWatch()
	a.machine = &auto.Dispatcher{DB: a.db, Clock: a.clk, Engine: a.engine, Duty: a.duty, Catalogues: a.catalogues, Settings: a.packs.Settings}
	a.jobs.Every("dispatch by rule", clockTick, func(ctx context.Context) error { return a.everywhere(ctx, a.machine.Pass) })
	a.jobs.Every("clocks of cases", clockTick, func(ctx context.Context) error {
		if a.telling.Load() {
			return nil
		}
		_, err := a.engine.Tick(ctx)
		return err
	})
	a.succession = &succession.Registry{DB: a.db, Engine: a.engine, People: a.people}
	a.webhooks = webhook.New(webhook.Deps{DB: a.db, Clock: a.clk, Log: a.log, Words: a.words, Directory: a.people.Directory,
		Version: func(id string, n int) (*procedure.Procedure, error) { return a.engine.Library().Version(id, n) }})
	a.papers.Attach(a.jobs)
	a.jobs.Every("words of cases", indexTick, a.index)
	a.sealer = &seal.Sealer{DB: a.db, Clock: a.clk, Log: a.log, Dir: a.cfg.Data, Copy: a.cfg.CheckpointCopy, Every: a.cfg.CheckpointEvery}
	a.jobs.Every("seal cases", indexTick, a.seal)
	a.jobs.Every("watched cases", watchTick, a.tellWatchers)
	a.jobs.Every("sweep keys", time.Hour, func(ctx context.Context) error {
		_, err := record.SweepKeys(ctx, a.db, clock.Micro(a.clk.Now().Add(-keepKeys)))
		return err
	})
	a.citizens = incident.NewCitizens(a.db, a.engine, a.clk, a.people.Directory)
	a.errands = errand.New(errand.Deps{DB: a.db, Citizens: a.citizens, Photos: a.photos, Clock: a.clk, Bundle: a.words, Loopback: a.cfg.ReachLoopback}, a.jobs)
	if err := a.outside(); err != nil {
		return err
	}
	places := heat.New(a.db)
	a.jobs.Every("places of cases", indexTick, func(ctx context.Context) error { return a.everywhere(ctx, places.Follow) })
	a.orders = hotline.New(hotline.Deps{DB: a.db, Engine: a.engine, Citizens: a.citizens, People: a.people, Places: a.places, Catalogues: a.catalogues,
		Calendars: a.calendars, Settings: a.packs.Settings, Clock: a.clk, Words: a.words})
	a.lists = listing.New(listing.Deps{DB: a.db, Heat: places, Engine: a.engine, People: a.people, Catalogues: a.catalogues, Places: a.places, Clock: a.clk, Bundle: a.words})
	a.openKeepers()
	return nil
}

// hooks are what the duties add to their procedures.
func (a *App) hooks() map[string]engine.Hooks {
	out := a.duty.Hooks()
	maps.Copy(out[incident.Procedure].Do, a.links.Effects())
	maps.Copy(out, a.shifts.Hooks())
	maps.Copy(out, a.dossiers.Hooks())
	maps.Copy(out, a.paperwork.Hooks(out))
	a.over.hooks(out)
	maps.Copy(out, a.joint.operations.Hooks(a.links.Effects()))
	maps.Copy(out, a.stalls.permits.Hooks())
	maps.Copy(out, a.frontages.duty.Hooks())
	maps.Copy(out, a.onStreet.watch.Hooks())
	return out
}

// panels are what the page of a case shows beside what it shows of every case.
func (a *App) panels() map[string]func(context.Context, *engine.Snapshot) (templ.Component, error) {
	out := a.dossiers.Panels()
	for name, draw := range out {
		out[name] = a.keepers.beside(draw)
	}
	out[shift.Procedure] = a.shifts.Panel
	out[operation.Procedure] = a.joint.pages.Panel
	maps.Copy(out, a.frontages.pages.Panels())
	maps.Copy(out, a.over.reviews.Panels(out[review.Procedure]))
	maps.Copy(out, a.stalls.web.Panels())
	out[watch.Procedure] = a.onStreet.pages.Panel
	return out
}

// keepKeys is how long a repeated request gets the answer of the first.
const keepKeys = 7 * 24 * time.Hour

// indexTick is how late a case is found by its words; on the map it is at once,
// and its tick only takes the work from who looks next.
const indexTick = time.Second

// index brings the words of every division's cases up to date.
func (a *App) index(ctx context.Context) error {
	return a.everywhere(ctx, search.NewIndexer(a.db).Pass)
}

// watchTick is how late those who watch a case hear of it.
const watchTick = 2 * time.Second

func (a *App) tellWatchers(ctx context.Context) error { return a.everywhere(ctx, a.lists.Tell) }

// everywhere does something for each division.
func (a *App) everywhere(ctx context.Context, do func(context.Context, id.ID) error) error {
	list, err := a.people.Divisions(ctx)
	for i := 0; err == nil && i < len(list); i++ {
		err = do(ctx, list[i].ID)
	}
	return err
}

// clockTick is how late a clock of a case may be noticed.
const clockTick = 2 * time.Second

// tls reports whether visitors arrive over a trusted certificate, directly or
// through a proxy.
func (a *App) tls() bool {
	return a.cfg.TLSCert != "" || a.cfg.TLSSelf || len(a.cfg.BaseURL) > 5 && a.cfg.BaseURL[:5] == "https"
}

// routes registers every module: the one list.
func (a *App) routes() (err error) {
	a.router, err = httpx.New(httpx.Options{
		Log: a.log, Clock: a.clk, Bundle: a.words, Gate: a.gate,
		Page: layout.Problem, Fragment: layout.Fragment,
		Proxies: a.cfg.TrustedProxies, TLS: a.tls(), Observe: a.gauges.Request,
	})
	if err != nil {
		return err
	}
	a.desk = web.New(web.Deps{DB: a.db, Engine: a.engine, People: a.people, Catalogues: a.catalogues, Places: a.places, Citizens: a.citizens,
		Photos: a.photos, Hub: a.hub, Lists: a.lists, Links: a.links.Panel, Duty: a.duty, Bundles: a.bundles(), Clock: a.clk,
		Panels: a.panels(), Readers: readers, Next: a.dossiers.Next, Drafts: a.dossiers.Draft})
	return a.router.Handle(slices.Concat(
		httpx.Health(httpx.Check{Name: "database", Do: a.db.Ping}),
		[]httpx.Route{asset.Route(), {Method: "GET", Pattern: "/start", Access: httpx.SignedIn(), Handler: start, Name: "start"}},
		account.New(a.people, a.sessions, a.clk, a.hints()).Routes(),
		admin.New(admin.Deps{People: a.people, Packs: a.packs, Catalogues: a.catalogues, Calendars: a.calendars, Engine: a.engine, Webhooks: a.webhooks, Messages: a.messages,
			Succession: a.succession, Clock: a.clk}).Routes(),
		rulebook.New(a.engine, a.people).Routes(),
		a.maps.Routes(),
		inventory.New(inventory.Deps{DB: a.db, Components: a.components, Catalogues: a.catalogues, Places: a.places, Engine: a.engine, Clock: a.clk}).Routes(),
		a.desk.Routes(),
		a.lists.Routes(),
		a.orders.Routes(),
		a.links.Routes(),
		a.shifts.Routes(),
		a.joint.pages.Routes(),
		a.dossiers.Routes(),
		a.dossiers.DraftRoutes(),
		a.paperwork.Routes(),
		a.over.routes(),
		a.stalls.routes(),
		a.onStreet.pages.Routes(),
		docket.New(docket.Deps{DB: a.db, Engine: a.engine, People: a.people, Places: a.places, Library: a.library, Photos: a.photos, Clock: a.clk,
			BaseURL: a.mine.BaseURL, Reads: incident.MayRead}).Routes(),
		a.keepers.routes(),
		a.frontages.pages.Routes(),
		enforcementweb.New(enforcementweb.Deps{DB: a.db, Registers: a.registry, Library: a.library, Parties: a.parties, Places: a.places, Settings: a.packs.Settings,
			Clock: a.clk, Others: []register.Kind{shop.Shops, frontage.Duties, operation.Powers}}).Routes(),
		portal.New(portal.Deps{Citizens: a.citizens, Places: a.places, Catalogues: a.catalogues, Photos: a.photos,
			Residents: a.residents, Mine: a.mine, Sessions: a.visitors, Clock: a.clk}).Routes(),
		proof.New(a.db).Routes(),
		open311.New(open311.Deps{Citizens: a.citizens, People: a.people, Places: a.places, Catalogues: a.catalogues, Settings: a.packs.Settings,
			Photos: a.photos, Errands: a.errands, Clock: a.clk, BaseURL: a.cfg.BaseURL, Test: a.cfg.Demo}).Routes(),
	)...)
}

// Router answers requests; its table is what the route walk reads.
func (a *App) Router() *httpx.Router { return a.router }

// Listen binds the address of the configuration.
func (a *App) Listen() (*httpx.Server, error) {
	return httpx.Listen(httpx.Serving{
		Addr: a.cfg.Addr, Cert: a.cfg.TLSCert, Key: a.cfg.TLSKey, Self: a.cfg.TLSSelf, Dir: a.cfg.Data, Log: a.log,
	}, a.router)
}

// Run serves and works in the background until the context ends; then it lets
// both finish. What is to be done behind the open server begins at once.
func (a *App) Run(ctx context.Context, srv *httpx.Server, behind ...func(context.Context) error) error {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	wg.Go(func() { a.relay.Run(work) })
	wg.Go(func() { a.jobs.Run(work) })
	wg.Go(func() { a.webhooks.Run(work) })
	for _, fn := range behind {
		wg.Go(func() {
			if err := fn(work); err != nil && work.Err() == nil {
				a.log.Error("behind the open server", "err", err)
			}
		})
	}
	err := srv.Run(ctx)
	stop()
	wg.Wait()
	return err
}

// Settle does now what jobs are due, which Run does behind the open server.
func (a *App) Settle(ctx context.Context) error {
	_, err := a.jobs.Pass(ctx)
	return err
}

// Close closes the data.
func (a *App) Close() error { return errors.Join(a.under.Close(), a.db.Close()) }

// onLoopback reports whether only this machine can reach the server.
func onLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}
