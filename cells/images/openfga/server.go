package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"time"
)

const (
	keyPause     = 30 * time.Second
	startTimeout = 90 * time.Second // a paused database takes its time
	dialTimeout  = 2 * time.Second
	drainTimeout = 20 * time.Second
	maxHeader    = 16 << 10
)

// Where OpenFGA listens inside the task: HTTP and gRPC. Two sets, because with a new key a second one takes over.
var addresses = [2][2]string{{"127.0.0.1:8080", "127.0.0.1:8081"}, {"127.0.0.1:8090", "127.0.0.1:8091"}}

var errEnded = errors.New("OpenFGA ended")

// instance is one running OpenFGA.
type instance struct {
	address string
	keys    string
	ended   chan error
	stop    context.CancelFunc
}

// server answers for OpenFGA, and keeps one running.
type server struct {
	settings *settings
	current  atomic.Pointer[instance]
	slot     int
	keyPause time.Duration
}

// serve answers until the context ends or OpenFGA does. Then ECS starts another task.
func serve(stopped context.Context, s *settings) error {
	certificate, err := selfSigned(time.Now())
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", ":"+s.port)
	if err != nil {
		return err
	}
	return (&server{settings: s, keyPause: keyPause}).run(stopped, tls.NewListener(listener, &tls.Config{
		Certificates: []tls.Certificate{certificate},
		MinVersion:   tls.VersionTLS12, // a load balancer's health check does not speak TLS 1.3
	}))
}

func (s *server) run(stopped context.Context, listener net.Listener) error {
	// OpenFGA goes after the requests that it still answers.
	running, end := context.WithCancel(context.Background())
	defer end()
	front := &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       75 * time.Second, // longer than the load balancer's 60, or it answers 502 now and then
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 2)
	go func() { failed <- front.Serve(listener) }()
	go func() { failed <- s.keep(running) }()
	var err error
	select {
	case err = <-failed:
	case <-stopped.Done():
	}
	drained, cancel := context.WithTimeout(context.Background(), drainTimeout)
	defer cancel()
	shutdown := front.Shutdown(drained)
	end()
	if last := s.current.Load(); last != nil {
		<-last.ended
	}
	return errors.Join(err, shutdown)
}

// keep runs OpenFGA with the keys that the secret has, until the context ends or it ends by itself.
func (s *server) keep(running context.Context) error {
	keys, err := s.settings.keys(running)
	if err != nil {
		return err
	}
	if err := s.settings.signIn(running); err != nil {
		return fmt.Errorf("no token for the database: %w", err)
	}
	go s.settings.staySignedIn(running)
	if err := s.change(running, keys); err != nil {
		return err
	}
	for {
		now := s.current.Load()
		select {
		case err := <-now.ended:
			now.ended <- err
			if running.Err() != nil {
				return nil
			}
			return fmt.Errorf("%w: %v", errEnded, err)
		case <-time.After(s.keyPause):
		}
		keys, err := s.settings.keys(running)
		if err == nil && keys != now.keys {
			err = s.change(running, keys)
		}
		if err != nil && running.Err() == nil {
			slog.Warn("the keys stay as they are", "error", err.Error())
		}
	}
}

// change starts an OpenFGA with these keys beside the one that runs, and lets it take over once it listens.
func (s *server) change(running context.Context, keys string) error {
	next, err := s.start(running, keys)
	if err != nil {
		return err
	}
	before := s.current.Swap(next)
	s.slot = 1 - s.slot
	slog.Info("OpenFGA serves", "address", next.address)
	if before != nil {
		// Requests that it has already are answered within OpenFGA's own time-out.
		time.AfterFunc(drainTimeout, before.stop)
	}
	return nil
}

func (s *server) start(running context.Context, keys string) (*instance, error) {
	ctx, stop := context.WithCancel(running)
	place := addresses[s.slot]
	command := s.settings.command(ctx, "run")
	command.Env = append(command.Env,
		"OPENFGA_HTTP_ADDR="+place[0], "OPENFGA_GRPC_ADDR="+place[1], "OPENFGA_AUTHN_PRESHARED_KEYS="+keys)
	if err := command.Start(); err != nil {
		stop()
		return nil, err
	}
	next := &instance{address: place[0], keys: keys, ended: make(chan error, 1), stop: stop}
	go func() { next.ended <- command.Wait() }()
	for end := time.Now().Add(startTimeout); ; {
		if listens(place[0]) {
			return next, nil
		}
		select {
		case err := <-next.ended:
			stop()
			return nil, fmt.Errorf("%w: %v", errEnded, err)
		case <-time.After(100 * time.Millisecond):
		}
		if time.Now().After(end) {
			stop()
			return nil, fmt.Errorf("OpenFGA did not listen within %s", startTimeout)
		}
	}
}

func (s *server) handler() http.Handler {
	proxy := &httputil.ReverseProxy{
		Rewrite: func(request *httputil.ProxyRequest) {
			request.SetURL(&url.URL{Scheme: "http", Host: s.current.Load().address})
		},
		ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
	mux := http.NewServeMux()
	// Not /healthz of OpenFGA: it asks the database, and a paused one would never pause again.
	mux.HandleFunc("GET /health", func(response http.ResponseWriter, _ *http.Request) {
		if now := s.current.Load(); now == nil || !listens(now.address) {
			http.Error(response, "OpenFGA does not listen", http.StatusServiceUnavailable)
			return
		}
		response.Write([]byte("{\"status\":\"ok\"}\n"))
	})
	mux.HandleFunc("/", func(response http.ResponseWriter, request *http.Request) {
		if s.current.Load() == nil {
			http.Error(response, "OpenFGA is not there yet", http.StatusServiceUnavailable)
			return
		}
		proxy.ServeHTTP(response, request)
	})
	return mux
}

func listens(address string) bool {
	connection, err := net.DialTimeout("tcp", address, dialTimeout)
	if err != nil {
		return false
	}
	connection.Close()
	return true
}

// checkServer asks the server of this container whether it is well.
func checkServer(port string) error {
	client := http.Client{
		Timeout: 2 * dialTimeout,
		// The certificate lives in the memory of the server process, and the way there is the loopback interface.
		Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}},
	}
	response, err := client.Get("https://127.0.0.1:" + port + "/health")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("unhealthy: /health answered %s", response.Status)
	}
	return nil
}

// commonName is what the program calls itself in its certificate.
const commonName = "permissions"
