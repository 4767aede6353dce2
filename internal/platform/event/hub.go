package event

import (
	"sync"

	"xiucheng/internal/platform/id"
)

// Hub tells listeners of this process what happened.
type Hub struct {
	mu   sync.Mutex
	subs map[*Sub]struct{}
}

// NewHub returns a hub without listeners.
func NewHub() *Hub { return &Hub{subs: map[*Sub]struct{}{}} }

// Sub is one listener of one division. C is closed when the listener was too
// slow and must read again from its last position.
type Sub struct {
	C        <-chan Event
	c        chan Event
	division id.ID
	hub      *Hub
}

const subBuffer = 256

// Listen begins to hear a division; Close it when done.
func (h *Hub) Listen(division id.ID) *Sub {
	c := make(chan Event, subBuffer)
	s := &Sub{C: c, c: c, division: division, hub: h}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.subs[s] = struct{}{}
	return s
}

// Close stops listening; closing twice is no error.
func (s *Sub) Close() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	s.hub.drop(s)
}

func (h *Hub) drop(s *Sub) {
	if _, ok := h.subs[s]; ok {
		delete(h.subs, s)
		close(s.c)
	}
}

// Tell gives the event to its division's listeners without waiting for any.
func (h *Hub) Tell(e Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.subs {
		if s.division != e.Division {
			continue
		}
		select {
		case s.c <- e:
		default:
			h.drop(s)
		}
	}
}
