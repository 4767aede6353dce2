// Package metric counts what a monitor wants to know of the running program and
// shows it in the Prometheus text format: requests by route, and figures that
// others hand in and that are read when somebody looks.
//
// Each program has a registry of its own. What a figure means, and who may
// look, do not belong here; nor does any name of a person, an address or a case.
package metric
