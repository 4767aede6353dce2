package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// verify returns nil when body was signed with the secret within five minutes
// of now.
func verify(secret string, h http.Header, body []byte, now time.Time) error {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return err
	}
	sent, err := strconv.ParseInt(h.Get("Webhook-Timestamp"), 10, 64)
	if err != nil || now.Sub(time.Unix(sent, 0)).Abs() > 5*time.Minute {
		return errors.New("too old, or a clock is wrong")
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(h.Get("Webhook-Id") + "." + h.Get("Webhook-Timestamp") + "."))
	mac.Write(body)
	want := mac.Sum(nil)
	for _, part := range strings.Fields(h.Get("Webhook-Signature")) {
		got, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(part, "v1,"))
		if err == nil && strings.HasPrefix(part, "v1,") && hmac.Equal(got, want) {
			return nil
		}
	}
	return errors.New("no signature fits")
}

// The vector was made with the reference library of Standard Webhooks, whose
// documentation prints it.
func TestTheVerificationInTheManualIsTheOneThatIsTested(t *testing.T) {
	manual, err := os.ReadFile("../../../docs/webhooks.md")
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.ReadFile("verify_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(here), "// verify returns nil")
	code, _, _ = strings.Cut(code, "\n}\n")
	if !strings.Contains(string(manual), "// verify returns nil"+code+"\n}\n") {
		t.Error("docs/webhooks.md shows another function than verify")
	}
	h := http.Header{}
	h.Set("Webhook-Id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
	h.Set("Webhook-Timestamp", "1614265330")
	h.Set("Webhook-Signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
	body := []byte(`{"test": 2432232314}`)
	at := time.Unix(1614265330, 0)
	if err := verify("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", h, body, at); err != nil {
		t.Error(err)
	}
	for name, err := range map[string]error{
		"another secret": verify("whsec_AAAQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", h, body, at),
		"another body":   verify("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", h, []byte(`{}`), at),
		"an old one":     verify("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", h, body, at.Add(6*time.Minute)),
	} {
		if err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
