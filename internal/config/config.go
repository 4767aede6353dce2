// Package config is the one table of options. From it come the flags, the
// XIUCHENG_* environment variables, the keys of the file and what
// `xiucheng config` prints. It knows no room that reads an option.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/spf13/pflag"
)

// Config is what the options mean. Durations are Go durations.
type Config struct {
	Data           string
	Addr           string
	DB             string
	BaseURL        string
	TLSCert        string
	TLSKey         string
	TLSSelf        bool
	Demo           bool
	LogFormat      string
	LogLevel       string
	SessionIdle    time.Duration
	SessionMax     time.Duration
	TrustedProxies []netip.Prefix
	SMTP           string
	MailFrom       string
	Gateway        string
	GatewaySecret  string
	Basemap        Basemap
	MetricsAddr    string
	CheckpointCopy string

	CheckpointEvery time.Duration

	// ReachLoopback lets addresses that strangers name lead to this machine. No
	// option sets it: it is for tests.
	ReachLoopback bool
}

// Option is one row of the table.
type Option struct {
	Name    string // flag --name, environment XIUCHENG_NAME, file key name
	Default string
	Help    string
	Secret  bool
	set     func(c *Config, v string) error
}

// Source says where a value came from.
type Source string

// The sources, weakest first.
const (
	FromDefault Source = "default"
	FromFile    Source = "file"
	FromEnv     Source = "env"
	FromFlag    Source = "flag"
)

// Table lists every option.
func Table() []Option {
	return append([]Option{
		{"data", "data", "folder for the database, the photos and the keys", false, func(c *Config, v string) error { c.Data = v; return notEmpty(v) }},
		{"addr", "127.0.0.1:8080", "address to listen on, HOST:PORT", false, func(c *Config, v string) error { c.Addr = v; return hostPort(v) }},
		{"db", "", "PostgreSQL URL (postgres://…); empty: SQLite in the data folder", true, func(c *Config, v string) error { c.DB = v; return database(v) }},
		{"base-url", "", "public address of this server for links and codes, https://…", false, func(c *Config, v string) error { c.BaseURL = v; return webURL(v) }},
		{"tls-cert", "", "PEM file with the certificate chain", false, func(c *Config, v string) error { c.TLSCert = v; return file(v) }},
		{"tls-key", "", "PEM file with the private key", false, func(c *Config, v string) error { c.TLSKey = v; return file(v) }},
		{"tls-self", "false", "serve with a self-signed certificate, for trials on phones", false, func(c *Config, v string) (err error) { c.TLSSelf, err = boolean(v); return }},
		{"demo", "false", "fill an empty data folder with the demonstration zone", false, func(c *Config, v string) (err error) { c.Demo, err = boolean(v); return }},
		{"log-format", "text", "text or json", false, func(c *Config, v string) error { c.LogFormat = v; return oneOf(v, "text", "json") }},
		{"log-level", "info", "debug, info, warn or error", false, func(c *Config, v string) error {
			c.LogLevel = v
			return oneOf(v, "debug", "info", "warn", "error")
		}},
		{"session-idle", "30m", "signed out after this long without a request", false, func(c *Config, v string) (err error) { c.SessionIdle, err = duration(v); return }},
		{"session-max", "12h", "signed out after this long in any case", false, func(c *Config, v string) (err error) { c.SessionMax, err = duration(v); return }},
		{"metrics-addr", "", "address for Prometheus, HOST:PORT, on this machine or an internal network only; empty: none", false, func(c *Config, v string) error {
			c.MetricsAddr = v
			if v == "" {
				return nil
			}
			return hostPort(v)
		}},
		{"checkpoint-every", "1m", "at most one signed checkpoint of the sealed log in this time", false, func(c *Config, v string) (err error) { c.CheckpointEvery, err = duration(v); return }},
		{"checkpoint-copy", "", "further folder for the checkpoints, best on another machine's disk; empty: none", false, func(c *Config, v string) error { c.CheckpointCopy = v; return nil }},
		{"smtp", "", "mail server: smtp://USER:PASSWORD@HOST:587 (STARTTLS), smtps://… or smtp+plain://…; empty: no mail", true, func(c *Config, v string) error { c.SMTP = v; return mailServer(v) }},
		{"mail-from", "", "sender of mail, noreply@example.org or “Name <noreply@example.org>”", false, func(c *Config, v string) error { c.MailFrom = v; return mailbox(v) }},
		{"gateway", "", "address of the gateway for SMS, WeCom, DingTalk and WeChat; empty: none (see docs/messages.md)", false, func(c *Config, v string) error { c.Gateway = v; return webURL(v) }},
		{"gateway-secret", "", "key with which requests to the gateway are signed", true, func(c *Config, v string) error { c.GatewaySecret = v; return nil }},
		{"trusted-proxies", "", "address ranges whose X-Forwarded-For is believed, comma separated", false, func(c *Config, v string) (err error) { c.TrustedProxies, err = prefixes(v); return }},
	}, basemapTable()...)
}

// Env is the environment variable of an option.
func Env(name string) string {
	return "XIUCHENG_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// Flags adds every option to the flag set, and --config for the file.
func Flags(fs *pflag.FlagSet) {
	for _, o := range Table() {
		fs.String(o.Name, o.Default, o.Help+" ("+Env(o.Name)+")")
		if o.Default == "false" {
			fs.Lookup(o.Name).NoOptDefVal = "true"
		}
	}
	fs.String("config", "", "YAML file with options by name ("+Env("config")+")")
}

// Value is one option as it stands.
type Value struct {
	Option
	Value  string
	Source Source
}

// Shown is the value for people: secrets masked.
func (v Value) Shown() string {
	if !v.Secret || v.Value == "" {
		return written.ReplaceAllString(v.Value, "${1}xxxxx")
	}
	if u, err := url.Parse(v.Value); err == nil && u.Host != "" {
		return u.Redacted()
	}
	return "xxxxx"
}

// Load merges defaults, file, environment and flags. The error lists every
// wrong option, one line each.
func Load(fs *pflag.FlagSet, env func(string) (string, bool)) (*Config, []Value, error) {
	var bad []error
	inFile, err := readFile(fs, env)
	if err != nil {
		bad = append(bad, err)
	}
	c := &Config{}
	var values []Value
	known := map[string]bool{}
	for _, o := range Table() {
		known[o.Name] = true
		v := Value{Option: o, Value: o.Default, Source: FromDefault}
		if s, ok := inFile[o.Name]; ok {
			v.Value, v.Source = s, FromFile
		}
		if s, ok := env(Env(o.Name)); ok {
			v.Value, v.Source = s, FromEnv
		}
		if f := fs.Lookup(o.Name); f != nil && f.Changed {
			v.Value, v.Source = f.Value.String(), FromFlag
		}
		if err := o.set(c, v.Value); err != nil {
			bad = append(bad, fmt.Errorf("--%s (from %s): %q: %w", o.Name, v.Source, v.Shown(), err))
		}
		values = append(values, v)
	}
	for name := range inFile {
		if !known[name] {
			bad = append(bad, fmt.Errorf("%s: no such option (in the file)", name))
		}
	}
	if (c.SMTP == "") != (c.MailFrom == "") {
		bad = append(bad, errors.New("--smtp and --mail-from go together"))
	}
	if c.Gateway != "" && c.GatewaySecret == "" {
		bad = append(bad, errors.New("--gateway needs --gateway-secret"))
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		bad = append(bad, errors.New("--tls-cert and --tls-key go together"))
	}
	if c.TLSSelf && c.TLSCert != "" {
		bad = append(bad, errors.New("--tls-self and --tls-cert exclude each other"))
	}
	bad = append(bad, c.Basemap.check()...)
	return c, values, errors.Join(bad...)
}

func readFile(fs *pflag.FlagSet, env func(string) (string, bool)) (map[string]string, error) {
	path, _ := env(Env("config"))
	if f := fs.Lookup("config"); f != nil && f.Changed {
		path = f.Value.String()
	}
	if path == "" {
		return nil, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("--config: %w", err)
	}
	var m map[string]any
	if err := yaml.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("--config %s: %w", filepath.Base(path), err)
	}
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[k] = fmt.Sprint(v)
	}
	return out, nil
}

func notEmpty(v string) error {
	if v == "" {
		return errors.New("may not be empty")
	}
	return nil
}

func hostPort(v string) error {
	_, port, err := net.SplitHostPort(v)
	if err != nil {
		return errors.New("want HOST:PORT, for example 127.0.0.1:8080")
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return errors.New("the port is a number from 0 to 65535")
	}
	return nil
}

func database(v string) error {
	if v == "" || strings.HasPrefix(v, "postgres://") || strings.HasPrefix(v, "postgresql://") {
		return nil
	}
	return errors.New("want postgres://USER@HOST/NAME, or leave it out for SQLite")
}

func webURL(v string) error {
	u, err := url.Parse(v)
	if v == "" || err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") {
		return nil
	}
	return errors.New("want http://HOST or https://HOST")
}

func mailServer(v string) error {
	u, err := url.Parse(v)
	if v == "" || err == nil && u.Hostname() != "" && (u.Scheme == "smtp" || u.Scheme == "smtps" || u.Scheme == "smtp+plain") {
		return nil
	}
	return errors.New("want smtp://USER:PASSWORD@HOST:PORT, smtps://… or smtp+plain://…")
}

func mailbox(v string) error {
	if v == "" {
		return nil
	}
	if _, err := mail.ParseAddress(v); err != nil {
		return errors.New("want an e-mail address")
	}
	return nil
}

func file(v string) error {
	if v == "" {
		return nil
	}
	st, err := os.Stat(v)
	if err != nil || st.IsDir() {
		return errors.New("no such file")
	}
	return nil
}

func boolean(v string) (bool, error) {
	b, err := strconv.ParseBool(v)
	if err != nil {
		return false, errors.New("want true or false")
	}
	return b, nil
}

func oneOf(v string, all ...string) error {
	for _, s := range all {
		if v == s {
			return nil
		}
	}
	return fmt.Errorf("want one of %s", strings.Join(all, ", "))
}

func duration(v string) (time.Duration, error) {
	d, err := time.ParseDuration(v)
	if err != nil || d <= 0 {
		return 0, errors.New("want a positive duration, for example 30m or 12h")
	}
	return d, nil
}

func prefixes(v string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' }) {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			a, aerr := netip.ParseAddr(s)
			if aerr != nil {
				return nil, errors.New("want address ranges such as 10.0.0.0/8")
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		out = append(out, p)
	}
	return out, nil
}
