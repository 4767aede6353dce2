// Package e2e drives the whole program through a real browser, as its users
// do. It holds no code that ships.
package e2e
