// Package archive 备份 is a backup as one file: every table as lines of JSON,
// every kept file and every journal, in a tar compressed with Zstandard, with a manifest of
// SHA-256 digests at its end. It is made while the program is served and can be
// read back into either engine.
//
// It owns the form of the file. Which tables are worth keeping is the caller's
// to say; what they mean it does not know.
package archive
