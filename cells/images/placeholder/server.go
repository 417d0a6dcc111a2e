package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"time"
)

const (
	defaultPort  = 8443
	healthBody   = `{"status":"ok","placeholder":true}` + "\n"
	missingBody  = "no image has been deployed yet: this is the placeholder of the cell\n"
	maxBody      = 16 << 20         // bytes of a request that are read before it is refused
	drainTimeout = 20 * time.Second // ECS kills a container 30 seconds after SIGTERM
	checkTimeout = 2 * time.Second  // twice of it, to connect and to answer, fits the 5 seconds of an ECS health check
)

var errPort = errors.New("PORT must be a number from 1 to 65535")

func parsePort(text string) (int, error) {
	if text == "" {
		return defaultPort, nil
	}
	port, err := strconv.Atoi(text)
	if err != nil || port < 1 || port > 65535 {
		return 0, fmt.Errorf("%w, got %q", errPort, text)
	}
	return port, nil
}

// serve answers until the context ends, then lets running requests finish.
func serve(stopped context.Context, port int) error {
	certificate, err := selfSigned(time.Now())
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", fmt.Sprintf(":%d", port))
	if err != nil {
		return err
	}
	server := newServer(certificate)
	ended := make(chan error, 1)
	go func() { ended <- server.ServeTLS(listener, "", "") }()
	logLine("info", "serving", "address", listener.Addr().String())

	select {
	case err := <-ended:
		return err
	case <-stopped.Done():
		logLine("info", "stopping")
		drained, cancel := context.WithTimeout(context.Background(), drainTimeout)
		defer cancel()
		return server.Shutdown(drained)
	}
}

func newServer(certificate tls.Certificate) *http.Server {
	// Without this the server offers HTTP/2, although the build leaves its code out.
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	return &http.Server{
		Handler:   http.HandlerFunc(answer),
		Protocols: &protocols,
		TLSConfig: &tls.Config{
			Certificates: []tls.Certificate{certificate},
			MinVersion:   tls.VersionTLS12, // a load balancer's health check does not speak TLS 1.3
		},
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      10 * time.Second,
		IdleTimeout:       75 * time.Second, // longer than the load balancer's 60, or it answers 502 now and then
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(logWriter{}, "", 0),
	}
}

func answer(response http.ResponseWriter, request *http.Request) {
	header := response.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	reads := request.Method == http.MethodGet || request.Method == http.MethodHead
	if reads && request.URL.Path == "/health" {
		header.Set("Content-Type", "application/json")
		response.Write([]byte(healthBody))
		return
	}
	// Closing on a body that was not read resets the connection, and the load balancer would answer 502 instead.
	io.CopyN(io.Discard, request.Body, maxBody)
	header.Set("Content-Type", "text/plain; charset=utf-8")
	response.WriteHeader(http.StatusServiceUnavailable)
	response.Write([]byte(missingBody))
}

// checkServer asks the server of this container whether it is well. http.Client does the same for 120 KB more of image.
func checkServer(port int) error {
	dialer := net.Dialer{Timeout: checkTimeout}
	// The certificate lives in the memory of the server process, and the way there is the loopback interface.
	config := tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}
	connection, err := tls.DialWithDialer(&dialer, "tcp", fmt.Sprintf("127.0.0.1:%d", port), &config)
	if err != nil {
		return err
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(checkTimeout)); err != nil {
		return err
	}
	if _, err := fmt.Fprint(connection, "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"); err != nil {
		return err
	}
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
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
const commonName = "placeholder"
