package main

import (
	"crypto/subtle"
	_ "embed"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

//go:embed page.html
var page []byte

// server paints one image at a time, as the real one does; further requests wait their turn.
type server struct {
	settings settings
	turn     sync.Mutex
	waiting  atomic.Int64
	peak     atomic.Int64 // most requests at once since the start
	job      job
	options  options
}

func newServer(settings settings) *server {
	return &server{settings: settings, options: options{values: defaultOptions()}}
}

func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page)
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	// The web UI's own, of which it asks no login either: for probes.
	mux.HandleFunc("GET /internal/ping", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, struct{}{}) })
	mux.HandleFunc("GET /echo", echo)
	if s.settings.api {
		for pattern, handle := range map[string]http.HandlerFunc{
			"POST /sdapi/v1/txt2img":  s.textToImage,
			"GET /sdapi/v1/progress":  s.progress,
			"GET /sdapi/v1/options":   s.getOptions,
			"POST /sdapi/v1/options":  s.setOptions,
			"GET /sdapi/v1/sd-models": models,
		} {
			mux.Handle(pattern, s.login(handle))
		}
	}
	return s.signed(mux)
}

// signed adds headers that tell a test which pod answered and how many requests it had at once at most.
func (s *server) signed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Pod", s.settings.pod)
		w.Header().Set("X-Revision", s.settings.revision)
		w.Header().Set("X-Peak", strconv.FormatInt(s.peak.Load(), 10))
		next.ServeHTTP(w, r)
	})
}

func (s *server) login(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		allowed := len(s.settings.users) == 0
		for _, login := range s.settings.users {
			if subtle.ConstantTimeCompare([]byte(login), []byte(user+":"+password)) == 1 {
				allowed = true
			}
		}
		if !allowed {
			w.Header().Set("WWW-Authenticate", "Basic")
			reply(w, http.StatusUnauthorized, detail{"Incorrect username or password"})
			return
		}
		next(w, r)
	})
}

// enter waits for this request's turn and returns what ends it.
func (s *server) enter() (leave func()) {
	now := s.waiting.Add(1)
	for peak := s.peak.Load(); now > peak && !s.peak.CompareAndSwap(peak, now); peak = s.peak.Load() {
	}
	s.turn.Lock()
	return func() {
		s.turn.Unlock()
		s.waiting.Add(-1)
	}
}

// echo upgrades to a bare byte stream and sends back what it gets: to a gateway that is a websocket.
func echo(w http.ResponseWriter, r *http.Request) {
	hijacker, ok := w.(http.Hijacker)
	if !ok || r.Header.Get("Upgrade") == "" {
		reply(w, http.StatusUpgradeRequired, detail{"send Connection: Upgrade and Upgrade: websocket"})
		return
	}
	connection, buffered, err := hijacker.Hijack()
	if err != nil {
		return
	}
	defer connection.Close()
	_, err = io.WriteString(connection, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	if err == nil {
		_, _ = io.Copy(connection, buffered)
	}
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// sleep ends early with the request.
func sleep(r *http.Request, duration time.Duration) error {
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-r.Context().Done():
		return r.Context().Err()
	}
}
