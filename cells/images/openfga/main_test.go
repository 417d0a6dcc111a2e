package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const databaseHost = "cell.cluster-abc.eu-west-1.rds.amazonaws.com"

// TestMain is OpenFGA when a test starts this program as OpenFGA.
func TestMain(m *testing.M) {
	if os.Getenv("ACT_AS_OPENFGA") != "" {
		os.Exit(openfga(os.Args[1]))
	}
	os.Exit(m.Run())
}

func openfga(word string) int {
	if word == "migrate" {
		fmt.Println(os.Getenv("OPENFGA_DATASTORE_URI"))
		return map[bool]int{true: 0, false: 3}[strings.Contains(os.Getenv("OPENFGA_DATASTORE_PASSWORD"), "Action=connect")]
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/keys", func(response http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(response, os.Getenv("OPENFGA_AUTHN_PRESHARED_KEYS"))
	})
	mux.HandleFunc("/passfile", func(response http.ResponseWriter, _ *http.Request) {
		content, _ := os.ReadFile(os.Getenv("PGPASSFILE"))
		response.Write(content)
	})
	mux.HandleFunc("/end", func(http.ResponseWriter, *http.Request) { os.Exit(4) })
	http.ListenAndServe(os.Getenv("OPENFGA_HTTP_ADDR"), mux)
	return 5
}

// secrets is Secrets Manager and the credentials of a task.
type secrets struct {
	sync.Mutex
	versions map[string]string
	targets  []string
}

func (s *secrets) set(stage, value string) {
	s.Lock()
	defer s.Unlock()
	s.versions[stage] = value
}

func (s *secrets) remove(stage string) {
	s.Lock()
	defer s.Unlock()
	delete(s.versions, stage)
}

func (s *secrets) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	s.Lock()
	defer s.Unlock()
	if request.Method == http.MethodGet {
		fmt.Fprint(response, `{"AccessKeyId":"AKIDEXAMPLE","SecretAccessKey":"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY","Token":"session/token+="}`)
		return
	}
	var asked struct{ SecretId, VersionStage string }
	json.NewDecoder(request.Body).Decode(&asked)
	s.targets = append(s.targets, request.Header.Get("X-Amz-Target"))
	value, there := s.versions[asked.VersionStage]
	if !there {
		response.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(response, `{"__type":"com.amazonaws.secretsmanager#ResourceNotFoundException"}`)
		return
	}
	json.NewEncoder(response).Encode(map[string]string{"SecretString": value})
}

func prepare(t *testing.T, versions map[string]string) (*settings, *secrets) {
	t.Helper()
	t.Setenv("ACT_AS_OPENFGA", "1")
	known := &secrets{versions: versions}
	fake := httptest.NewServer(known)
	t.Cleanup(fake.Close)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return &settings{
		port: "0", host: databaseHost, database: "openfga", user: "openfga", key: "arn", region: "eu-west-1",
		program: program, passfile: filepath.Join(t.TempDir(), "pgpass"),
		aws: &aws{
			region: "eu-west-1", credentials: fake.URL, secrets: fake.URL, client: fake.Client(),
			now: func() time.Time { return time.Date(2026, 11, 27, 5, 0, 0, 0, time.UTC) },
		},
	}, known
}

// The signatures are those of botocore for the same credentials and time.

func TestTheTokenForTheDatabaseIsSignedAsAWSSigns(t *testing.T) {
	s, _ := prepare(t, nil)
	token, err := s.aws.databaseToken(t.Context(), databaseHost, "openfga")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(token, databaseHost+":5432/?Action=connect&DBUser=openfga&X-Amz-Algorithm=AWS4-HMAC-SHA256&") {
		t.Error(token)
	}
	if !strings.HasSuffix(token, "&X-Amz-Signature=8538b582521b6d85e015cfd859836b4452fd4c4dcb205087c2c6315bfdefb19c") {
		t.Error(token)
	}
}

func TestACallOfSecretsManagerIsSignedAsAWSSigns(t *testing.T) {
	s, _ := prepare(t, nil)
	body := `{"SecretId":"arn","VersionStage":"AWSCURRENT"}`
	request := httptest.NewRequest(http.MethodPost, "https://secretsmanager.eu-west-1.amazonaws.com/", strings.NewReader(body))
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("X-Amz-Target", "secretsmanager.GetSecretValue")
	who := identity{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", Token: "session/token+="}
	s.aws.sign(request, who, []byte(body))
	expected := "Signature=8501baf7c9c285d3b8b414000450aa613cfe837d81c314e0f82b790c32d99e84"
	if found := request.Header.Get("Authorization"); !strings.HasSuffix(found, expected) {
		t.Error(found)
	}
}

func TestThePassfileIsPrivateAndItsFieldsAreEscaped(t *testing.T) {
	s, _ := prepare(t, nil)
	if err := s.signIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(s.passfile)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info.Mode(), err)
	}
	content, _ := os.ReadFile(s.passfile)
	line := strings.TrimSuffix(string(content), "\n")
	// As pgpassfile reads it.
	fields := strings.Split(strings.ReplaceAll(line, `\:`, "\n"), ":")
	if len(fields) != 5 || fields[0] != databaseHost || fields[1] != "5432" || fields[2] != "openfga" || fields[3] != "openfga" {
		t.Fatal(line)
	}
	if !strings.HasPrefix(strings.ReplaceAll(fields[4], "\n", ":"), databaseHost+":5432/?Action=connect") {
		t.Error(fields[4])
	}
}

func TestTheDatabaseIsVerifiedAndItsAddressHasNoPassword(t *testing.T) {
	s, _ := prepare(t, nil)
	expected := "postgres://openfga@" + databaseHost + ":5432/openfga?sslmode=verify-full&sslrootcert=%2Fetc%2Fssl%2Frds%2Fglobal-bundle.pem"
	if s.uri() != expected {
		t.Error(s.uri())
	}
}

func TestMigrationsSignInWithATokenAndTellHowTheyEnded(t *testing.T) {
	s, _ := prepare(t, nil)
	if err := migrate(t.Context(), s); err != nil {
		t.Error(err)
	}
	s.program = "/nowhere"
	if err := migrate(t.Context(), s); err == nil {
		t.Error("it did not run")
	}
}

func TestAMissingVariableIsNamed(t *testing.T) {
	given := map[string]string{"PORT": "8443", "DATABASE_HOST": "h", "DATABASE_NAME": "d", "DATABASE_USER": "u", "AWS_REGION": "r"}
	err := run(t.Context(), nil, func(name string) string { return given[name] })
	if !errors.Is(err, errMissing) || !strings.Contains(err.Error(), "PERMISSIONS_KEY_ARN") {
		t.Error(err)
	}
	if err := run(t.Context(), []string{"worker"}, os.Getenv); !errors.Is(err, errUsage) {
		t.Error(err)
	}
}

// cell is a running server, and a client that speaks TLS with it.
type cell struct {
	t      *testing.T
	server *server
	base   string
	client *http.Client
	stop   context.CancelFunc
	ended  chan error
}

func start(t *testing.T, s *settings) *cell {
	t.Helper()
	for i := range addresses {
		addresses[i] = [2]string{free(t), free(t)}
	}
	certificate, err := selfSigned(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	c := &cell{
		t: t, server: &server{settings: s, keyPause: 20 * time.Millisecond},
		base: "https://" + listener.Addr().String(), stop: stop, ended: make(chan error, 1),
		client: &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}},
	}
	secure := tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12})
	go func() { c.ended <- c.server.run(ctx, secure) }()
	t.Cleanup(stop)
	return c
}

func free(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func (c *cell) get(path string) (int, string) {
	response, err := c.client.Get(c.base + path)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return response.StatusCode, string(body)
}

func (c *cell) until(path, expected string) {
	c.t.Helper()
	var status int
	var body string
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if status, body = c.get(path); status == http.StatusOK && strings.Contains(body, expected) {
			return
		}
	}
	c.t.Fatalf("%s answers %d %q, not %q", path, status, body, expected)
}

func TestItServesHTTPSWithTheKeysOfTheSecret(t *testing.T) {
	s, known := prepare(t, map[string]string{"AWSCURRENT": "today", "AWSPREVIOUS": "before"})
	c := start(t, s)
	c.until("/health", "ok")
	c.until("/keys", "today,before")
	c.until("/passfile", "Action=connect")
	known.Lock()
	defer known.Unlock()
	if known.targets[0] != "secretsmanager.GetSecretValue" {
		t.Error(known.targets)
	}
}

func TestANewKeyIsTakenWithoutARequestThatFails(t *testing.T) {
	s, known := prepare(t, map[string]string{"AWSCURRENT": "today"})
	c := start(t, s)
	c.until("/keys", "today")
	done, failures := make(chan struct{}), make(chan string, 1)
	go func() {
		defer close(failures)
		for {
			select {
			case <-done:
				return
			default:
			}
			if status, body := c.get("/keys"); status != http.StatusOK {
				failures <- fmt.Sprint(status, body)
				return
			}
		}
	}()
	known.set("AWSPREVIOUS", "today")
	known.set("AWSCURRENT", "tomorrow")
	c.until("/keys", "tomorrow,today")
	close(done)
	if failure, failed := <-failures; failed {
		t.Error(failure)
	}
}

func TestASecretThatCannotBeReadChangesNothing(t *testing.T) {
	s, known := prepare(t, map[string]string{"AWSCURRENT": "today"})
	c := start(t, s)
	c.until("/keys", "today")
	known.remove("AWSCURRENT")
	time.Sleep(100 * time.Millisecond)
	c.until("/keys", "today")
}

func TestTheTaskEndsWithOpenFGASoThatECSStartsAnother(t *testing.T) {
	s, _ := prepare(t, map[string]string{"AWSCURRENT": "today"})
	c := start(t, s)
	c.until("/health", "ok")
	c.get("/end")
	if err := <-c.ended; !errors.Is(err, errEnded) {
		t.Error(err)
	}
}

func TestItDoesNotStartWithoutAKey(t *testing.T) {
	s, _ := prepare(t, nil)
	c := start(t, s)
	if err := <-c.ended; err == nil || !strings.Contains(err.Error(), "the key") {
		t.Error(err)
	}
}

func TestItEndsWellWhenItIsStopped(t *testing.T) {
	s, _ := prepare(t, map[string]string{"AWSCURRENT": "today"})
	c := start(t, s)
	c.until("/health", "ok")
	c.stop()
	if err := <-c.ended; err != nil {
		t.Error(err)
	}
	if listens(addresses[0][0]) {
		t.Error("OpenFGA still runs")
	}
}

func TestWordsOfAHealthCheck(t *testing.T) {
	if found := words([]string{"/bin/healthcheck"}); len(found) != 1 || found[0] != "healthcheck" {
		t.Error(found)
	}
}
