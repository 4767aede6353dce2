package message_test

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/job"
	"xiucheng/internal/platform/message"
)

var zone = time.FixedZone("", 8*3600)

// office sends by day, three messages an address.
type office struct {
	*message.Service
	t    *testing.T
	db   *dbx.DB
	clk  *clock.Manual
	jobs *job.Runner
	div  id.ID
}

func open(t *testing.T, db *dbx.DB, post, others message.Way) *office {
	t.Helper()
	words, err := i18n.Load(message.Words)
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, db: db, clk: clock.At(time.Date(2026, 11, 24, 10, 0, 0, 0, zone)), div: id.New()}
	o.jobs = job.NewRunner(db, o.clk, slog.New(slog.DiscardHandler))
	o.Service = message.New(message.Deps{DB: db, Clock: o.clk, Bundle: words, Log: slog.New(slog.DiscardHandler), Site: i18n.Text{ZH: "绣城", EN: "Xiucheng"},
		Mail: post, Others: others, Rules: func(context.Context, id.ID) (message.Rules, error) {
			return message.Rules{Zone: zone, From: 7 * time.Hour, To: 22 * time.Hour, PerDay: 3}, nil
		}}, o.jobs)
	return o
}

func (o *office) queue(list ...message.Message) {
	o.t.Helper()
	err := o.db.Write(context.Background(), func(tx *dbx.Tx) error {
		for _, m := range list {
			m.Division, m.Template = o.div, "message.code"
			if m.Args == nil {
				m.Args = map[string]string{"code": "123456", "minutes": "10"}
			}
			if err := o.Queue(context.Background(), tx, m); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) pass() {
	o.t.Helper()
	if _, err := o.jobs.Pass(context.Background()); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) states() (out []string) {
	o.t.Helper()
	list, err := o.List(context.Background(), o.div, "", time.Time{}, 50)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, m := range slices.Backward(list) {
		out = append(out, m.Key+" "+string(m.State))
	}
	slices.Sort(out)
	return out
}

// gateway takes letters over HTTP and answers as it is told.
type gateway struct {
	*httptest.Server
	mu     sync.Mutex
	answer int
	got    []map[string]any
	bad    []string
}

func newGateway(t *testing.T, secret string) *gateway {
	g := &gateway{answer: 200}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		defer g.mu.Unlock()
		body, _ := io.ReadAll(r.Body)
		mac := hmac.New(sha256.New, []byte(secret))
		fmt.Fprintf(mac, "%s.%s.%s", r.Header.Get("webhook-id"), r.Header.Get("webhook-timestamp"), body)
		if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); r.Header.Get("webhook-signature") != want {
			g.bad = append(g.bad, r.Header.Get("webhook-signature"))
		}
		var m map[string]any
		_ = json.Unmarshal(body, &m)
		g.got = append(g.got, m)
		w.WriteHeader(g.answer)
	}))
	t.Cleanup(g.Close)
	return g
}

func TestAMessageGoesOnceByDayAndSigned(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		g := newGateway(t, "s3cret")
		o := open(t, db, nil, nil)
		o.Others = message.NewGateway(g.URL, "s3cret", o.clk)
		text := message.Message{Key: "a", Channel: message.SMS, To: "13800000001", Lang: i18n.ZH}
		o.queue(text, text) // twice in one breath
		o.queue(text)
		o.pass()
		o.pass()
		if len(g.got) != 1 || len(g.bad) != 0 || g.got[0]["to"] != "13800000001" || g.got[0]["template"] != "message.code" || !strings.Contains(g.got[0]["text"].(string), "验证码 123456") {
			t.Fatalf("%v %v", g.got, g.bad)
		}
		o.clk.Set(time.Date(2026, 11, 24, 22, 30, 0, 0, zone))
		o.queue(message.Message{Key: "night", Channel: message.SMS, To: "13800000001", Lang: i18n.EN},
			message.Message{Key: "urgent", Channel: message.SMS, To: "13800000001", Lang: i18n.EN, Urgent: true})
		o.pass()
		if got := o.states(); !slices.Equal(got, []string{"a sent", "night waiting", "urgent sent"}) {
			t.Fatal(got)
		}
		o.clk.Set(time.Date(2026, 11, 25, 7, 0, 0, 0, zone))
		o.pass()
		if got := o.states(); len(g.got) != 3 || !slices.Contains(got, "night sent") {
			t.Fatal(got, g.got)
		}
		for i := range 3 { // three in 24 hours, the last night's among them
			o.queue(message.Message{Key: fmt.Sprint("more", i), Channel: message.SMS, To: "13800000001", Lang: i18n.EN})
		}
		o.pass()
		if got := o.states(); !slices.Contains(got, "more0 withheld") || len(g.got) != 3 {
			t.Errorf("beyond the daily limit: %v", got)
		}
		o.queue(message.Message{Key: "mail", Channel: message.Mail, To: "a@example.org", Lang: i18n.EN})
		if got := o.states(); !slices.Contains(got, "mail withheld") {
			t.Errorf("without a mail server: %v", got)
		}
	}, job.Migration, message.Migration)
}

func TestAFailingGatewayIsTriedAgainAndNotForEver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		g := newGateway(t, "x")
		o := open(t, db, nil, nil)
		o.Others = message.NewGateway(g.URL, "x", o.clk)
		g.answer = 503
		o.queue(message.Message{Key: "a", Channel: message.WeCom, To: "zhang", Lang: i18n.ZH})
		o.pass()
		if got := o.states(); got[0] != "a waiting" {
			t.Fatal(got)
		}
		g.answer = 204
		o.clk.Advance(10 * time.Second)
		o.pass()
		if got := o.states(); got[0] != "a sent" || len(g.got) != 2 || g.got[0]["id"] != g.got[1]["id"] {
			t.Fatal(got, g.got)
		}
		g.answer = 500
		o.queue(message.Message{Key: "b", Channel: message.WeCom, To: "zhang", Lang: i18n.ZH})
		for range 10 {
			o.pass()
			o.clk.Advance(time.Hour)
		}
		if got := o.states(); got[1] != "b failed" || len(g.got) != 2+6 {
			t.Fatal(got, len(g.got))
		}
		g.answer = 400
		o.queue(message.Message{Key: "c", Channel: message.WeCom, To: "li", Lang: i18n.ZH})
		o.pass()
		list, err := o.List(context.Background(), o.div, message.Failed, time.Time{}, 9)
		if err != nil || len(list) != 2 || list[0].Attempts != 1 || !strings.Contains(list[0].Error, "400") {
			t.Fatalf("%+v %v", list, err)
		}
		g.answer = 200
		if err := o.Again(context.Background(), o.div, list[0].ID); err != nil {
			t.Fatal(err)
		}
		o.pass()
		if got := o.states(); got[2] != "c sent" {
			t.Fatal(got)
		}
	}, job.Migration, message.Migration)
}

// postbox is an SMTP server for one test.
type postbox struct {
	addr string
	mu   sync.Mutex
	got  []string
	deny bool
}

func newPostbox(t *testing.T) *postbox {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	p := &postbox{addr: l.Addr().String()}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.talk(c)
		}
	}()
	return p
}

func (p *postbox) talk(c net.Conn) {
	defer c.Close()
	r := bufio.NewReader(c)
	say := func(s string) { fmt.Fprint(c, s+"\r\n") }
	say("220 box")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		p.mu.Lock()
		deny := p.deny
		p.mu.Unlock()
		switch cmd := strings.ToUpper(strings.TrimSpace(line)); {
		case strings.HasPrefix(cmd, "EHLO"):
			say("250 box")
		case strings.HasPrefix(cmd, "RCPT") && deny:
			say("550 no such person")
		case cmd == "DATA":
			say("354 go on")
			var b strings.Builder
			for line, _ = r.ReadString('\n'); line != ".\r\n" && line != ""; line, _ = r.ReadString('\n') {
				b.WriteString(line)
			}
			p.mu.Lock()
			p.got = append(p.got, b.String())
			p.mu.Unlock()
			say("250 taken")
		case cmd == "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func TestMailIsWrittenInTheReadersLanguage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		box := newPostbox(t)
		post, err := message.NewPost("smtp+plain://"+box.addr, "绣城 <noreply@example.org>")
		if err != nil {
			t.Fatal(err)
		}
		o := open(t, db, post, nil)
		o.queue(message.Message{Key: "a", Channel: message.Mail, To: "zhang@example.org", Lang: i18n.ZH})
		o.pass()
		if got := o.states(); got[0] != "a sent" || len(box.got) != 1 {
			t.Fatal(got, box.got)
		}
		m, err := mail.ReadMessage(strings.NewReader(box.got[0]))
		if err != nil {
			t.Fatal(err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil || subject != "绣城验证码" || m.Header.Get("Auto-Submitted") != "auto-generated" || m.Header.Get("To") != "<zhang@example.org>" {
			t.Errorf("%q %v", subject, m.Header)
		}
		box.mu.Lock()
		box.deny = true
		box.mu.Unlock()
		o.queue(message.Message{Key: "b", Channel: message.Mail, To: "nobody@example.org", Lang: i18n.EN},
			message.Message{Key: "c", Channel: message.Mail, To: "no address", Lang: i18n.EN})
		o.pass()
		if got := o.states(); got[1] != "b failed" || got[2] != "c failed" {
			t.Error(got)
		}
	}, job.Migration, message.Migration)
}

func TestWhereMailGoesIsReadStrictly(t *testing.T) {
	for _, c := range [][2]string{{"http://a", "a@b.cn"}, {"smtp://", "a@b.cn"}, {"smtp://a:x", "a@b.cn"}, {"smtp://a", "nobody"}} {
		if _, err := message.NewPost(c[0], c[1]); err == nil {
			t.Errorf("%v is taken", c)
		}
	}
}
