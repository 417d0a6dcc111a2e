package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"
)

const (
	databasePort = "5432"
	authorities  = "/etc/ssl/rds/global-bundle.pem" // the image has the certificates of RDS there
	tokenPause   = 10 * time.Minute                 // a token is good for 15
	retryPause   = 15 * time.Second
	stopPause    = 20 * time.Second
)

// uri names the database without a password: that is in the passfile, which OpenFGA reads for each connection.
func (s *settings) uri() string {
	query := url.Values{"sslmode": {"verify-full"}, "sslrootcert": {authorities}}
	return (&url.URL{
		Scheme:   "postgres",
		User:     url.User(s.user),
		Host:     s.host + ":" + databasePort,
		Path:     "/" + s.database,
		RawQuery: query.Encode(),
	}).String()
}

// migrate gives `openfga migrate` the token as a password: unlike `openfga run` it takes an empty one from the URI.
func migrate(stopped context.Context, s *settings) error {
	token, err := s.aws.databaseToken(stopped, s.host, s.user)
	if err != nil {
		return err
	}
	command := s.command(stopped, "migrate")
	command.Env = append(command.Env, "OPENFGA_DATASTORE_PASSWORD="+token)
	return command.Run()
}

func (s *settings) command(ctx context.Context, word string) *exec.Cmd {
	command := exec.CommandContext(ctx, s.program, word)
	command.Env = append(os.Environ(), "OPENFGA_DATASTORE_URI="+s.uri(), "PGPASSFILE="+s.passfile)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = stopPause
	return command
}

// signIn writes a token into the passfile. Readers see the old file or the new one, never half of one.
func (s *settings) signIn(ctx context.Context) error {
	token, err := s.aws.databaseToken(ctx, s.host, s.user)
	if err != nil {
		return err
	}
	line := strings.Join([]string{escape(s.host), databasePort, escape(s.database), escape(s.user), escape(token)}, ":")
	unfinished := s.passfile + ".new"
	if err := os.WriteFile(unfinished, []byte(line+"\n"), 0o600); err != nil {
		return err
	}
	return os.Rename(unfinished, s.passfile)
}

// staySignedIn renews the token until the context ends. Connections that are open outlive theirs.
func (s *settings) staySignedIn(ctx context.Context) {
	pause := tokenPause
	for wait(ctx, pause) {
		pause = tokenPause
		if err := s.signIn(ctx); err != nil {
			slog.Warn("no token for the database", "error", err.Error())
			pause = retryPause
		}
	}
}

// escape writes a field of a passfile. https://www.postgresql.org/docs/current/libpq-pgpass.html
func escape(field string) string {
	return strings.NewReplacer(`\`, `\\`, ":", `\:`).Replace(field)
}

// wait returns whether the time passed before the context ended.
func wait(ctx context.Context, pause time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(pause):
		return true
	}
}

// keys reads the key of today and, where there is one, the one before.
func (s *settings) keys(ctx context.Context) (string, error) {
	current, err := s.aws.secret(ctx, s.key, "AWSCURRENT")
	if err != nil {
		return "", fmt.Errorf("the key: %w", err)
	}
	previous, err := s.aws.secret(ctx, s.key, "AWSPREVIOUS")
	if err == errNoVersion || previous == current {
		return current, nil
	}
	if err != nil {
		return "", fmt.Errorf("the key before: %w", err)
	}
	return current + "," + previous, nil
}
