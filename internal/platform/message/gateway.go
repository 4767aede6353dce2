package message

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"xiucheng/internal/platform/clock"
)

// Gateway is the one interface for SMS, WeCom, DingTalk and WeChat: a small
// program of the operator that knows their accounts takes a POST of JSON with
// id, channel, to, template, args, subject, text and lang, and answers 2xx when
// it has it. It must take the same id once.
//
// The request is signed as Standard Webhooks are: the header webhook-signature
// is "v1," and the base64 of HMAC-SHA256 over webhook-id, webhook-timestamp and
// the body, joined by points.
type Gateway struct {
	URL    string
	Secret []byte
	Clock  clock.Clock
	Client *http.Client
}

// gatewayTimeout is how long the gateway may take.
const gatewayTimeout = 15 * time.Second

// NewGateway returns the way to the gateway at an address that the operator
// chose, in whichever network.
func NewGateway(url, secret string, clk clock.Clock) *Gateway {
	return &Gateway{URL: url, Secret: []byte(secret), Clock: clk, Client: &http.Client{Timeout: gatewayTimeout}}
}

// Send posts the letter. A 4xx other than 408 and 429 will not change.
func (g *Gateway) Send(ctx context.Context, l Letter) error {
	body, err := json.Marshal(map[string]any{"id": l.ID.String(), "channel": l.Channel, "to": l.To, "template": l.Template, "args": l.Args,
		"subject": l.Subject, "text": l.Text, "lang": l.Lang})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, g.URL, bytes.NewReader(body))
	if err != nil {
		return errors.Join(ErrNever, err)
	}
	at := strconv.FormatInt(g.Clock.Now().Unix(), 10)
	mac := hmac.New(sha256.New, g.Secret)
	fmt.Fprintf(mac, "%s.%s.%s", l.ID, at, body)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("webhook-id", l.ID.String())
	r.Header.Set("webhook-timestamp", at)
	r.Header.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	a, err := g.Client.Do(r)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(a.Body, 200)) // what it says is a hint only
	switch {
	case a.StatusCode >= 200 && a.StatusCode < 300:
		return nil
	case a.StatusCode >= 400 && a.StatusCode < 500 && a.StatusCode != http.StatusRequestTimeout && a.StatusCode != http.StatusTooManyRequests:
		return errors.Join(ErrNever, fmt.Errorf("the gateway answers %s: %s", a.Status, said))
	}
	return fmt.Errorf("the gateway answers %s: %s", a.Status, said)
}
