// Package archtest proves the floors: a room imports only rooms below it, no
// hand-written file, function or package outgrows its cap, and every package
// says what it is. It also draws the floors for ARCHITECTURE.md.
package archtest
