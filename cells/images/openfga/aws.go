package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"time"
)

const (
	agent      = "http://169.254.170.2" // where ECS gives a task its credentials
	awsTimeout = 10 * time.Second
	maxAnswer  = 1 << 20
	tokenLife  = 15 * time.Minute
)

// aws makes the two calls that OpenFGA does not make itself. The AWS SDK does the same for some fifty packages more.
type aws struct {
	region      string
	credentials string // the address of the credentials
	secrets     string // the endpoint of Secrets Manager
	now         func() time.Time
	client      *http.Client
}

func newAWS(region string, getenv func(string) string) *aws {
	suffix := "amazonaws.com"
	if strings.HasPrefix(region, "cn-") {
		suffix = "amazonaws.com.cn"
	}
	return &aws{
		region:      region,
		credentials: agent + getenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
		secrets:     cmp.Or(getenv("AWS_ENDPOINT_URL_SECRETS_MANAGER"), fmt.Sprintf("https://secretsmanager.%s.%s", region, suffix)),
		now:         time.Now,
		client:      &http.Client{Timeout: awsTimeout},
	}
}

type identity struct {
	AccessKeyID     string `json:"AccessKeyId"`
	SecretAccessKey string
	Token           string
}

// identity asks for credentials at each use: ECS renews them in time, and asking it is a call inside the machine.
func (a *aws) identity(ctx context.Context) (identity, error) {
	var found identity
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, a.credentials, nil)
	if err != nil {
		return found, err
	}
	status, body, err := a.do(request)
	if err != nil {
		return found, err
	}
	if status != http.StatusOK {
		return found, fmt.Errorf("credentials of the task: status %d", status)
	}
	err = json.Unmarshal(body, &found)
	return found, err
}

var errNoVersion = errors.New("the secret has no such version")

// secret reads a version of a secret. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
func (a *aws) secret(ctx context.Context, arn, stage string) (string, error) {
	who, err := a.identity(ctx)
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(map[string]string{"SecretId": arn, "VersionStage": stage})
	if err != nil {
		return "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, a.secrets+"/", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("X-Amz-Target", "secretsmanager.GetSecretValue")
	a.sign(request, who, body)
	status, answer, err := a.do(request)
	if err != nil {
		return "", err
	}
	var found struct {
		SecretString string
		Type         string `json:"__type"`
	}
	if err := json.Unmarshal(answer, &found); err != nil {
		return "", fmt.Errorf("GetSecretValue: status %d", status)
	}
	if strings.HasSuffix(found.Type, "ResourceNotFoundException") {
		return "", errNoVersion
	}
	if status != http.StatusOK || found.SecretString == "" {
		return "", fmt.Errorf("GetSecretValue: status %d %s", status, found.Type)
	}
	return found.SecretString, nil
}

// databaseToken returns the password of the next 15 minutes.
// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.html
func (a *aws) databaseToken(ctx context.Context, host, user string) (string, error) {
	who, err := a.identity(ctx)
	if err != nil {
		return "", err
	}
	now := a.now().UTC()
	query := url.Values{
		"Action":              {"connect"},
		"DBUser":              {user},
		"X-Amz-Algorithm":     {algorithm},
		"X-Amz-Credential":    {who.AccessKeyID + "/" + a.scope(now, "rds-db")},
		"X-Amz-Date":          {now.Format(timeForm)},
		"X-Amz-Expires":       {fmt.Sprint(int(tokenLife.Seconds()))},
		"X-Amz-SignedHeaders": {"host"},
	}
	if who.Token != "" {
		query.Set("X-Amz-Security-Token", who.Token)
	}
	address := host + ":" + databasePort
	canonical := strings.Join([]string{"GET", "/", encode(query), "host:" + address + "\n", "host", hash(nil)}, "\n")
	signature := a.signature(now, "rds-db", who, canonical)
	return address + "/?" + encode(query) + "&X-Amz-Signature=" + signature, nil
}

const (
	algorithm = "AWS4-HMAC-SHA256"
	timeForm  = "20060102T150405Z"
)

// sign signs a call of Secrets Manager. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
func (a *aws) sign(request *http.Request, who identity, body []byte) {
	now := a.now().UTC()
	request.Header.Set("X-Amz-Date", now.Format(timeForm))
	if who.Token != "" {
		request.Header.Set("X-Amz-Security-Token", who.Token)
	}
	headers := map[string]string{"host": request.URL.Host}
	for name, values := range request.Header {
		headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	names := make([]string, 0, len(headers))
	for name := range headers {
		names = append(names, name)
	}
	sort.Strings(names)
	var lines strings.Builder
	for _, name := range names {
		lines.WriteString(name + ":" + headers[name] + "\n")
	}
	signed := strings.Join(names, ";")
	canonical := strings.Join([]string{request.Method, "/", "", lines.String(), signed, hash(body)}, "\n")
	request.Header.Set("Authorization", fmt.Sprintf("%s Credential=%s/%s, SignedHeaders=%s, Signature=%s",
		algorithm, who.AccessKeyID, a.scope(now, "secretsmanager"), signed, a.signature(now, "secretsmanager", who, canonical)))
}

func (a *aws) scope(now time.Time, service string) string {
	return strings.Join([]string{now.Format("20060102"), a.region, service, "aws4_request"}, "/")
}

func (a *aws) signature(now time.Time, service string, who identity, canonical string) string {
	text := strings.Join([]string{algorithm, now.Format(timeForm), a.scope(now, service), hash([]byte(canonical))}, "\n")
	key := []byte("AWS4" + who.SecretAccessKey)
	for _, part := range strings.Split(a.scope(now, service), "/") {
		key = mac(key, part)
	}
	return hex.EncodeToString(mac(key, text))
}

func (a *aws) do(request *http.Request) (int, []byte, error) {
	response, err := a.client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	return response.StatusCode, body, err
}

// encode writes a query as a signature wants it: sorted, and with %20 for a space.
func encode(query url.Values) string {
	return strings.ReplaceAll(query.Encode(), "+", "%20")
}

func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, text string) []byte {
	sum := hmac.New(sha256.New, key)
	sum.Write([]byte(text))
	return sum.Sum(nil)
}
