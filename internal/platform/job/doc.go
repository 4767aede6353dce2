// Package job does work later: a durable queue whose rows are written with the
// change that needs the work, and ticks that repeat in this process.
//
// A worker leases a job for a time and deletes it when done. Work whose worker
// died, was stopped or failed is done again, so handlers are idempotent. A job
// that failed too often is dead: it stays listed until somebody adds it again.
//
// It owns the queue's table. It does not know what the work is.
package job
