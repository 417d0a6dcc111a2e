package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestHealthAnswersOKAndSaysPlaceholder(t *testing.T) {
	response, body := request(t, startServer(t), "GET", "/health", nil)

	var health struct {
		Status      string
		Placeholder bool
	}
	if err := json.Unmarshal(body, &health); err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != 200 || health.Status != "ok" || !health.Placeholder {
		t.Fatalf("got %d %s", response.StatusCode, body)
	}
}

func TestEverythingElseAnswers503(t *testing.T) {
	port := startServer(t)
	for _, call := range []string{"GET /", "GET /health/", "GET /healthz", "GET //health", "POST /health", "DELETE /x?y=1"} {
		method, path, _ := strings.Cut(call, " ")
		response, body := request(t, port, method, path, nil)
		if response.StatusCode != 503 || !strings.HasPrefix(string(body), "no image has been deployed yet") {
			t.Errorf("%s: got %d %s", call, response.StatusCode, body)
		}
	}
}

func TestLargeBodyAnswers503(t *testing.T) {
	response, _ := request(t, startServer(t), "POST", "/upload", bytes.NewReader(make([]byte, 1<<20)))
	if response.StatusCode != 503 {
		t.Fatalf("got %d", response.StatusCode)
	}
}

func TestHealthCheckPassesAgainstTheServer(t *testing.T) {
	if err := checkServer(startServer(t)); err != nil {
		t.Fatal(err)
	}
}

func TestHealthCheckFailsWithoutAServer(t *testing.T) {
	if err := checkServer(freePort(t)); err == nil {
		t.Fatal("passed against a closed port")
	}
}

func TestHealthCheckFailsWhenTheServerAnswersAnythingElse(t *testing.T) {
	certificate, err := selfSigned(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := newServer(certificate)
	server.Handler = http.NotFoundHandler()
	go server.ServeTLS(listener, "", "")
	defer server.Close()

	if err := checkServer(listener.Addr().(*net.TCPAddr).Port); err == nil {
		t.Fatal("passed against a server that answers 404")
	}
}

func TestServesTLS12AndTLS13ButNothingOlder(t *testing.T) {
	address := fmt.Sprintf("127.0.0.1:%d", startServer(t))
	for version, want := range map[uint16]bool{tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		config := tls.Config{InsecureSkipVerify: true, MinVersion: version, MaxVersion: version}
		connection, err := tls.Dial("tcp", address, &config)
		if got := err == nil; got != want {
			t.Errorf("%s: connected %t, want %t (%v)", tls.VersionName(version), got, want, err)
		}
		if err == nil {
			connection.Close()
		}
	}
}

func TestSpeaksHTTP11ToAClientThatPrefersHTTP2(t *testing.T) {
	config := tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2", "http/1.1"}}
	connection, err := tls.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", startServer(t)), &config)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if got := connection.ConnectionState().NegotiatedProtocol; got != "http/1.1" {
		t.Errorf("negotiated %q", got)
	}
}

func TestRequestThatRunsAtTheStopIsAnswered(t *testing.T) {
	stopped, stop := context.WithCancel(context.Background())
	port := freePort(t)
	ended := make(chan error, 1)
	go func() { ended <- serve(stopped, port) }()
	awaitServer(t, port)
	config := tls.Config{InsecureSkipVerify: true}
	connection, err := tls.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port), &config)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(connection, "POST /tasks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n")
	time.Sleep(50 * time.Millisecond)

	stop()
	time.Sleep(50 * time.Millisecond)
	fmt.Fprint(connection, "body")

	answer, _ := io.ReadAll(connection)
	if !strings.HasPrefix(string(answer), "HTTP/1.1 503 Service Unavailable") {
		t.Errorf("got %q", answer)
	}
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}

func TestWorkerIsHealthyUntilItStops(t *testing.T) {
	stopped, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- run(stopped, []string{"worker"}, "") }()
	await(t, checkWorker)

	stop()

	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
	if err := checkWorker(); err == nil {
		t.Error("a stopped worker is healthy")
	}
}

func TestMigrateHasNothingToDo(t *testing.T) {
	if err := run(context.Background(), []string{"migrate"}, ""); err != nil {
		t.Fatal(err)
	}
}

func TestUnknownWordsAndPortsAreRefused(t *testing.T) {
	for _, words := range [][]string{{"web"}, {"worker", "now"}, {"healthcheck", "api"}} {
		if err := run(context.Background(), words, ""); !errors.Is(err, errUsage) {
			t.Errorf("%v: got %v", words, err)
		}
	}
	for _, port := range []string{"0", "65536", "-1", "http", "8443 "} {
		if err := run(context.Background(), nil, port); !errors.Is(err, errPort) {
			t.Errorf("%q: got %v", port, err)
		}
	}
}

func TestLinkNamedHealthcheckIsTheHealthCheck(t *testing.T) {
	if got := strings.Join(words([]string{"/bin/healthcheck", "worker"}), " "); got != "healthcheck worker" {
		t.Errorf("got %q", got)
	}
	if got := strings.Join(words([]string{"/bin/placeholder", "worker"}), " "); got != "worker" {
		t.Errorf("got %q", got)
	}
}

func TestLogLinesAreJSONWhateverTheyHold(t *testing.T) {
	for _, text := range []string{"plain", `quote " and \`, "line\nbreak\x00\a\x7f", "bad \xff utf-8", "ü ☂"} {
		var got string
		if err := json.Unmarshal([]byte(quote(text)), &got); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if want := strings.ToValidUTF8(text, "\uFFFD"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func startServer(t *testing.T) int {
	t.Helper()
	port := freePort(t)
	stopped, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- serve(stopped, port) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("server ended with %v", err)
		}
	})
	awaitServer(t, port)
	return port
}

func request(t *testing.T, port int, method, path string, body io.Reader) (*http.Response, []byte) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true},
		DisableKeepAlives: true,
	}}
	call, err := http.NewRequest(method, fmt.Sprintf("https://127.0.0.1:%d%s", port, path), body)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(call)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, text
}

func awaitServer(t *testing.T, port int) {
	t.Helper()
	await(t, func() error { return checkServer(port) })
}

func await(t *testing.T, check func() error) {
	t.Helper()
	var err error
	for range 100 {
		if err = check(); err == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal(err)
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}
