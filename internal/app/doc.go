// Package app puts the rooms together: it opens the database, makes the
// services, registers every module in one explicit list, and serves them.
package app
