// Command placeholder runs in the containers of a cell whose product has not built an image yet.
//
//	placeholder                       the API: HTTPS on $PORT, answers GET /health
//	placeholder worker                the worker: no port, idles until it is stopped
//	placeholder migrate               the migrations: nothing to do
//	placeholder healthcheck [worker]  the container health check, because the image has no shell
//
// Started under the name `healthcheck` (a link in the image) it is the health check as well.
package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	exitFailed = 1
	exitUsage  = 2
)

var errUsage = errors.New("usage: placeholder [worker | migrate | healthcheck [worker]]")

func main() {
	stopped, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()

	err := run(stopped, words(os.Args), os.Getenv("PORT"))
	if err == nil {
		return
	}
	logLine("error", "failed", "error", err.Error())
	if errors.Is(err, errUsage) || errors.Is(err, errPort) {
		os.Exit(exitUsage)
	}
	os.Exit(exitFailed)
}

// words returns what the container was asked to do: its arguments, after the name when the name says it already.
func words(args []string) []string {
	if filepath.Base(args[0]) == "healthcheck" {
		return append([]string{"healthcheck"}, args[1:]...)
	}
	return args[1:]
}

func run(stopped context.Context, words []string, portText string) error {
	port, err := parsePort(portText)
	if err != nil {
		return err
	}
	switch strings.Join(words, " ") {
	case "":
		return serve(stopped, port)
	case "worker":
		return idle(stopped)
	case "migrate":
		logLine("info", "no image has been deployed yet, so there is nothing to migrate")
		return nil
	case "healthcheck":
		return checkServer(port)
	case "healthcheck worker":
		return checkWorker()
	}
	return errUsage
}
