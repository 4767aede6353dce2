package app

import (
	_ "embed"
	"sync"

	"xiucheng/internal/casework/drawing"
	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/notice"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/casework/party"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/seal"
	"xiucheng/internal/casework/search"
	"xiucheng/internal/casework/webhook"
	"xiucheng/internal/doors/account"
	"xiucheng/internal/doors/admin"
	"xiucheng/internal/doors/inventory"
	"xiucheng/internal/doors/open311"
	"xiucheng/internal/doors/portal"
	"xiucheng/internal/doors/proof"
	"xiucheng/internal/doors/rulebook"
	"xiucheng/internal/doors/unitlink"
	"xiucheng/internal/duties/enforcement/board"
	"xiucheng/internal/duties/enforcement/docket"
	"xiucheng/internal/duties/enforcement/dossier"
	"xiucheng/internal/duties/enforcement/exhibit"
	"xiucheng/internal/duties/enforcement/goods"
	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/duties/enforcement/library"
	"xiucheng/internal/duties/enforcement/money"
	"xiucheng/internal/duties/enforcement/openness"
	"xiucheng/internal/duties/enforcement/paperwork"
	enfparty "xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/duties/enforcement/power"
	"xiucheng/internal/duties/enforcement/question"
	"xiucheng/internal/duties/enforcement/receipt"
	"xiucheng/internal/duties/enforcement/review"
	"xiucheng/internal/duties/enforcement/sketch"
	"xiucheng/internal/duties/enforcement/upload"
	enforcementweb "xiucheng/internal/duties/enforcement/web"
	"xiucheng/internal/duties/frontage"
	frontageweb "xiucheng/internal/duties/frontage/web"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/duties/incident/errand"
	"xiucheng/internal/duties/incident/history"
	"xiucheng/internal/duties/incident/hotline"
	"xiucheng/internal/duties/incident/listing"
	"xiucheng/internal/duties/incident/subscriber"
	"xiucheng/internal/duties/incident/web"
	jointweb "xiucheng/internal/duties/joint/web"
	"xiucheng/internal/duties/shift"
	"xiucheng/internal/duties/stall/change"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/duty"
	"xiucheng/internal/duties/stall/effect"
	"xiucheng/internal/duties/stall/permit"
	"xiucheng/internal/duties/stall/sites"
	"xiucheng/internal/duties/stall/track"
	"xiucheng/internal/duties/stall/watch"
	stallweb "xiucheng/internal/duties/stall/web"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/component"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/ground/resident"
	"xiucheng/internal/ground/roster"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/event"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/job"
	"xiucheng/internal/platform/message"
	"xiucheng/internal/platform/pdf"
	"xiucheng/internal/platform/photo"
	"xiucheng/internal/platform/session"
	"xiucheng/internal/platform/text"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/layout"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/sheet"
	"xiucheng/internal/shell/ui"
)

// words are the sentences of the roof.
//
//go:embed words.yaml
var words []byte

// Migrations are the tables of every room, lower floors first.
func Migrations() []dbx.Migration {
	return []dbx.Migration{
		event.Migration, job.Migration, session.Migration, message.Migration,
		calendar.Migration, place.Migration, people.Migration, resident.Migration, catalogue.Migration, pack.Migration, component.Migration,
		record.Migration, seal.Migration, search.Migration, party.Migration, evidence.Migration, paper.Migration, notice.Migration, webhook.Migration,
		incident.Migration, errand.Migration, subscriber.Migration, history.Migration, hotline.Migration, listing.Migration, unitlink.Migration,
		register.Migration, enfparty.Migration, receipt.Migration, money.Migration, upload.Migration, exhibit.Migration, goods.Migration, sketch.Migration, openness.Migration,
		cluster.Migration, permit.Migration, roster.Migration, watch.Migration, sites.Migration,
		frontage.Migration,
	}
}

// sentences are those of every room, read once for however many programs run in
// this process: nobody changes them.
var sentences = sync.OnceValues(func() (*i18n.Bundle, error) { return i18n.Load(Words()...) })

// Words are the sentences of every room.
func Words() [][]byte {
	return [][]byte{
		dbx.Words,
		httpx.Words, message.Words, pdf.Words, photo.Words, text.Words,
		calendar.Words, place.Words, people.Words, resident.Words, catalogue.Words, pack.Words, component.Words,
		record.Words, procedure.Words, paper.Words, engine.Words, drawing.Words, webhook.Words,
		form.Words, layout.Words, mapview.Words, sheet.Words, ui.Words,
		incident.Words, hotline.Words, errand.Words, listing.Words, unitlink.Words, web.Words, shift.Words,
		law.Words, register.Words, library.Words, power.Words, enfparty.Words, receipt.Words, dossier.Words, docket.Words, paperwork.Words, money.Words, upload.Words, exhibit.Words, goods.Words, question.Words, sketch.Words, review.Words, openness.Words, board.Words, enforcementweb.Words,
		jointweb.Words,
		cluster.Words, permit.Words, stallweb.Words, roster.Words, duty.Words, effect.Words, change.Words, sites.Words, track.Words,
		shop.Words, frontage.Words, frontageweb.Words,
		account.Words, admin.Words, rulebook.Words, inventory.Words, portal.Words, proof.Words, open311.Words,
		words,
	}
}
