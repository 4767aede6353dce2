package app

import (
	"xiucheng/internal/doors/account"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/event"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/job"
	"xiucheng/internal/platform/photo"
	"xiucheng/internal/platform/session"
	"xiucheng/internal/platform/text"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/layout"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/ui"
)

// Migrations are the tables of every room, lower floors first.
func Migrations() []dbx.Migration {
	return []dbx.Migration{
		event.Migration, job.Migration, session.Migration,
		calendar.Migration, place.Migration, people.Migration,
	}
}

// Words are the sentences of every room.
func Words() [][]byte {
	return [][]byte{
		dbx.Words,
		httpx.Words, photo.Words, text.Words,
		calendar.Words, place.Words, people.Words,
		form.Words, layout.Words, mapview.Words, ui.Words,
		account.Words,
	}
}
