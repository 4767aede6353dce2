package resident

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"math/big"
	"net/mail"
	"regexp"
	"strings"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/message"
)

// Resident is a citizen with an account.
type Resident struct {
	Division id.ID
	ID       id.ID
	Address  string // telephone number in digits, or e-mail address
	Lang     i18n.Lang
	News     bool // wants to be told of news
	At       time.Time
}

// Mail reports whether the address is one of e-mail.
func (r Resident) Mail() bool { return strings.Contains(r.Address, "@") }

// Channel is how the resident is reached.
func (r Resident) Channel() message.Channel { return channel(r.Address) }

func channel(address string) message.Channel {
	if strings.Contains(address, "@") {
		return message.Mail
	}
	return message.SMS
}

var mobile = regexp.MustCompile(`^1\d{10}$`)

// Address puts what somebody typed into its one form: digits of a mobile
// number, or an e-mail address with a small domain. Anything else is Invalid,
// said of the field "address".
func Address(typed string) (string, error) {
	wrong := fault.New(fault.Invalid, "form.refused").Field("address", "resident.address_wrong")
	typed = strings.TrimSpace(typed)
	if !strings.Contains(typed, "@") {
		digits := strings.NewReplacer(" ", "", "-", "").Replace(strings.TrimPrefix(typed, "+86"))
		if !mobile.MatchString(digits) {
			return "", wrong
		}
		return digits, nil
	}
	a, err := mail.ParseAddress(typed)
	if err != nil || a.Name != "" || len(typed) > 200 {
		return "", wrong
	}
	at := strings.LastIndexByte(a.Address, '@')
	return a.Address[:at] + strings.ToLower(a.Address[at:]), nil
}

// Service is the use cases of this room.
type Service struct {
	db    *dbx.DB
	clk   clock.Clock
	tell  *message.Service
	shown bool // codes that cannot be sent are given back, to be shown: for demonstrations
}

// New returns the service. With shown, a code that nothing can send is returned
// by Ask, which only a demonstration may do.
func New(db *dbx.DB, clk clock.Clock, tell *message.Service, shown bool) *Service {
	return &Service{db, clk, tell, shown}
}

// How long a code is good, how often it may be guessed, and how often an address
// may ask for one.
const (
	goodFor  = 10 * time.Minute
	guesses  = 5
	between  = time.Minute
	perHour  = 5
	codeSize = 6
)

// Ask sends a code to an address, whether it has an account or not, so that the
// answer tells nobody. Asking again within a minute, or more than five times an
// hour, is TooMany; an address that nothing can reach is Invalid. The code is
// returned only in a demonstration without any way to send.
func (s *Service) Ask(ctx context.Context, division id.ID, typed string, lang i18n.Lang) (code string, err error) {
	defer fault.Trace(&err, "resident.Ask")
	address, err := Address(typed)
	if err != nil {
		return "", err
	}
	reachable := s.tell.Ready(channel(address))
	if !reachable && !s.shown {
		key := map[message.Channel]string{message.SMS: "resident.no_sms", message.Mail: "resident.no_mail"}[channel(address)]
		return "", fault.New(fault.Invalid, "form.refused").Field("address", key)
	}
	if code, err = sixDigits(); err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(tx *dbx.Tx) error { return s.send(ctx, tx, division, address, code, lang) })
	if err != nil || reachable {
		return "", err
	}
	return code, nil
}

func sixDigits() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%0*d", codeSize, n), nil
}

func (s *Service) send(ctx context.Context, tx *dbx.Tx, division id.ID, address, code string, lang i18n.Lang) error {
	now := s.clk.Now()
	var sent int
	var since, at int64
	err := tx.QueryRow(ctx, `SELECT sent, since, at FROM resident_code WHERE division = $1 AND address = $2`, division, digest(division, address)).Scan(&sent, &since, &at)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	wait := clock.FromMicro(at).Add(between).Sub(now)
	if now.Sub(clock.FromMicro(since)) >= time.Hour {
		sent, since = 0, clock.Micro(now)
	} else if sent >= perHour {
		wait = clock.FromMicro(since).Add(time.Hour).Sub(now)
	}
	if err == nil && wait > 0 {
		seconds := int(wait/time.Second) + 1
		return fault.New(fault.TooMany, "resident.code_soon", "seconds", seconds)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO resident_code (division, address, code, tries, sent, since, at) VALUES ($1, $2, $3, 0, $4, $5, $6)
		ON CONFLICT (division, address) DO UPDATE SET code = $3, tries = 0, sent = $4, since = $5, at = $6`,
		division, digest(division, address), digest(division, address+" "+code), sent+1, since, clock.Micro(now)); err != nil {
		return err
	}
	return s.tell.Queue(ctx, tx, message.Message{Division: division, Key: "code:" + id.New().String(), Channel: channel(address), To: address, Template: "message.code",
		Args: map[string]string{"code": code, "minutes": fmt.Sprint(int(goodFor.Minutes()))}, Lang: lang, Urgent: true})
}

func digest(division id.ID, s string) []byte {
	sum := sha256.Sum256(append(division[:], "resident "+s...))
	return sum[:]
}

// Prove lets in whoever has the code that was sent to an address; the account
// is made by it. A wrong, an old and a five times guessed code are Invalid, said
// of the field "code". A code lets in once.
func (s *Service) Prove(ctx context.Context, division id.ID, typed, code string, lang i18n.Lang) (r Resident, err error) {
	defer fault.Trace(&err, "resident.Prove")
	wrong := fault.New(fault.Invalid, "form.refused").Field("code", "resident.code_wrong")
	address, err := Address(typed)
	if err != nil {
		return r, err
	}
	now, right := s.clk.Now(), false
	err = s.db.Write(ctx, func(tx *dbx.Tx) error {
		right = false
		var kept []byte
		var tries int
		var at int64
		err := tx.QueryRow(ctx, `SELECT code, tries, at FROM resident_code WHERE division = $1 AND address = $2`, division, digest(division, address)).Scan(&kept, &tries, &at)
		if fault.Is(err, fault.NotFound) {
			return nil
		} else if err != nil {
			return err
		}
		right = tries < guesses && now.Before(clock.FromMicro(at).Add(goodFor)) && subtle.ConstantTimeCompare(kept, digest(division, address+" "+strings.TrimSpace(code))) == 1
		if !right {
			_, err := tx.Exec(ctx, `UPDATE resident_code SET tries = tries + 1 WHERE division = $1 AND address = $2`, division, digest(division, address))
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE resident_code SET tries = $1 WHERE division = $2 AND address = $3`, guesses, division, digest(division, address)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO resident (division, id, address, lang, news, at) VALUES ($1, $2, $3, $4, TRUE, $5) ON CONFLICT (division, address) DO NOTHING`,
			division, id.New(), address, string(lang), clock.Micro(now)); err != nil {
			return err
		}
		r, err = scan(tx.QueryRow(ctx, columns+` WHERE division = $1 AND address = $2`, division, address).Scan)
		return err
	})
	if err == nil && !right {
		return Resident{}, wrong
	}
	return r, err
}

const columns = `SELECT division, id, address, lang, news, at FROM resident`

func scan(row func(...any) error) (r Resident, err error) {
	var at int64
	err = row(&r.Division, &r.ID, &r.Address, &r.Lang, &r.News, &at)
	r.At = clock.FromMicro(at)
	return r, err
}

// Find is the resident with the id; one who is not there is NotFound.
func Find(ctx context.Context, q dbx.Querier, division, resident id.ID) (r Resident, err error) {
	defer fault.Trace(&err, "resident.Find")
	return scan(q.QueryRow(ctx, columns+` WHERE division = $1 AND id = $2`, division, resident).Scan)
}

// Prefer keeps whether a resident wants news, and in which language.
func (s *Service) Prefer(ctx context.Context, r Resident) (err error) {
	defer fault.Trace(&err, "resident.Prefer")
	return s.db.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE resident SET news = $1, lang = $2 WHERE division = $3 AND id = $4`, r.News, string(r.Lang), r.Division, r.ID)
		return err
	})
}

// Delete ends an account, with its codes and what it was told.
func Delete(ctx context.Context, tx *dbx.Tx, r Resident) error {
	if err := message.Forget(ctx, tx, r.Division, r.Address); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM resident_code WHERE division = $1 AND address = $2`, r.Division, digest(r.Division, r.Address)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM resident WHERE division = $1 AND id = $2`, r.Division, r.ID)
	return err
}
