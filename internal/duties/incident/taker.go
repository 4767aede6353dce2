package incident

// Takers are the roles that write down what others report: by telephone, at the
// counter, from the hotline, the media or a leader's note.
var Takers = []string{"acceptor", "shift_leader"}
