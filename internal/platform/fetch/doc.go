// Package fetch is the HTTP client for addresses that strangers named: a
// picture of an Open311 report, the receiver of a webhook. It never reaches
// into private networks, whatever a name resolves to or a redirect says, and
// never reads more or longer than it was told.
//
// Who may name an address and what becomes of the answer do not belong here.
// Addresses that the operator configured (mail, the notices webhook, a base
// map) are trusted and need no fetch.
package fetch
