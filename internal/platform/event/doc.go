// Package event carries what happened out of the transaction in which it
// happened: an outbox row written with the change, a relay that gives each row
// a gapless position in its division, and a hub that tells this process's
// listeners. Followers read by position and miss nothing; Tail joins both, the
// kept events and those to come, for a browser's stream.
//
// Sequences commit out of order, so the position is given after the commit, by
// one relay at a time (a leased row). A commit in this process wakes the relay
// at once; other processes hear one NOTIFY for a batch on PostgreSQL and look
// by themselves every second.
//
// It owns the outbox. It does not know what a topic means.
package event
