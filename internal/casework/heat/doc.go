// Package heat shows any number of cases on a map: as points where few are in
// view, as counted groups by S2 cell where many are, under every filter of a
// list. It keeps where each case lies in memory, in tiles, and follows the
// outbox; nothing is stored, so that losing it loses nothing.
//
// It knows places and columns. Who may see what is the caller's filter; words
// and watched cases are the lists'.
package heat
