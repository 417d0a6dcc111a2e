// Command launch runs OpenFGA in a cell, as the image `permissions`.
//
//	launch              serves HTTPS on $PORT and hands requests to OpenFGA inside the task
//	launch migrate      runs `openfga migrate` to its end
//	launch healthcheck  the container health check, because the image has no shell
//
// Started under the name `healthcheck` (a link in the image) it is the health check as well.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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

var errUsage = errors.New("usage: launch [migrate | healthcheck]")

func main() {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, nil)))
	stopped, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()

	err := run(stopped, words(os.Args), os.Getenv)
	if err == nil {
		return
	}
	slog.Error("failed", "error", err.Error())
	if errors.Is(err, errUsage) || errors.Is(err, errMissing) {
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

func run(stopped context.Context, words []string, getenv func(string) string) error {
	command := strings.Join(words, " ")
	if command == "healthcheck" {
		return checkServer(getenv("PORT"))
	}
	if command != "" && command != "migrate" {
		return errUsage
	}
	settings, err := readSettings(getenv)
	if err != nil {
		return err
	}
	if command == "migrate" {
		return migrate(stopped, settings)
	}
	return serve(stopped, settings)
}

var errMissing = errors.New("an environment variable is missing")

// settings is what the task definition says.
type settings struct {
	port     string
	host     string // of the database
	database string
	user     string
	key      string // the ARN of the secret
	region   string

	program  string // OpenFGA
	passfile string
	aws      *aws
}

func readSettings(getenv func(string) string) (*settings, error) {
	found := &settings{program: "/openfga", passfile: "/tmp/pgpass"}
	for name, value := range map[string]*string{
		"PORT":                &found.port,
		"DATABASE_HOST":       &found.host,
		"DATABASE_NAME":       &found.database,
		"DATABASE_USER":       &found.user,
		"PERMISSIONS_KEY_ARN": &found.key,
		"AWS_REGION":          &found.region,
	} {
		if *value = getenv(name); *value == "" {
			return nil, fmt.Errorf("%w: %s", errMissing, name)
		}
	}
	found.aws = newAWS(found.region, getenv)
	return found, nil
}
