package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

func load(t *testing.T, args []string, env map[string]string) (*Config, []Value, error) {
	t.Helper()
	fs := pflag.NewFlagSet("test", pflag.ContinueOnError)
	Flags(fs)
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
	return Load(fs, func(k string) (string, bool) { v, ok := env[k]; return v, ok })
}

func TestFlagBeatsEnvBeatsFileBeatsDefault(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.yaml")
	if err := os.WriteFile(path, []byte("data: from-file\naddr: 127.0.0.1:1\nlog-level: warn\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, values, err := load(t, []string{"--config", path, "--data", "from-flag"}, map[string]string{
		"XIUCHENG_DATA": "from-env", "XIUCHENG_ADDR": "127.0.0.1:2",
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.Data != "from-flag" || c.Addr != "127.0.0.1:2" || c.LogLevel != "warn" || c.LogFormat != "text" {
		t.Fatalf("got %+v", c)
	}
	want := map[string]Source{"data": FromFlag, "addr": FromEnv, "log-level": FromFile, "log-format": FromDefault}
	for _, v := range values {
		if s, ok := want[v.Name]; ok && v.Source != s {
			t.Errorf("%s comes from %s, want %s", v.Name, v.Source, s)
		}
	}
}

func TestEveryWrongOptionIsNamedAtOnce(t *testing.T) {
	_, _, err := load(t, []string{"--addr", "nowhere", "--session-idle", "-1s", "--tls-cert", "missing.pem"},
		map[string]string{"XIUCHENG_DB": "mysql://x", "XIUCHENG_LOG_LEVEL": "loud", "XIUCHENG_TRUSTED_PROXIES": "x"})
	if err == nil {
		t.Fatal("accepted")
	}
	lines := strings.Split(err.Error(), "\n")
	for _, name := range []string{"--addr", "--session-idle", "--tls-cert", "--db", "--log-level", "--trusted-proxies", "go together"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named in %q", name, err)
		}
	}
	if len(lines) != 7 {
		t.Errorf("%d lines, want one each: %q", len(lines), lines)
	}
}

func TestSecretsAreMasked(t *testing.T) {
	_, values, err := load(t, nil, map[string]string{"XIUCHENG_DB": "postgres://u:hunter2@127.0.0.1/x"})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range values {
		if strings.Contains(v.Shown(), "hunter2") {
			t.Errorf("%s shows its secret: %s", v.Name, v.Shown())
		}
	}
}

func TestUnknownKeyInFileIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.yaml")
	if err := os.WriteFile(path, []byte("dta: x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := load(t, []string{"--config", path}, nil); err == nil || !strings.Contains(err.Error(), "dta") {
		t.Fatalf("got %v", err)
	}
}
