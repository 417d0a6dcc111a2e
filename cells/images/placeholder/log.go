package main

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// logLine writes one JSON object to standard output. log/slog does the same for 300 KB more of image.
func logLine(level, message string, pairs ...string) {
	var line strings.Builder
	fmt.Fprintf(&line, `{"time":"%s","level":"%s","message":%s`, time.Now().UTC().Format(time.RFC3339Nano), level, quote(message))
	for i := 0; i+1 < len(pairs); i += 2 {
		fmt.Fprintf(&line, `,%s:%s`, quote(pairs[i]), quote(pairs[i+1]))
	}
	line.WriteString("}\n")
	os.Stdout.WriteString(line.String())
}

// quote returns text as a JSON string. strconv.Quote would not do: it writes \x00 and \a, which JSON does not know.
func quote(text string) string {
	var quoted strings.Builder
	quoted.WriteByte('"')
	for _, char := range strings.ToValidUTF8(text, "\uFFFD") {
		switch {
		case char == '"' || char == '\\':
			quoted.WriteByte('\\')
			quoted.WriteRune(char)
		case char < ' ' || char == 0x7f:
			fmt.Fprintf(&quoted, `\u%04x`, char)
		default:
			quoted.WriteRune(char)
		}
	}
	quoted.WriteByte('"')
	return quoted.String()
}

// logWriter passes what net/http reports (such as a failed handshake) on as JSON lines.
type logWriter struct{}

func (logWriter) Write(text []byte) (int, error) {
	logLine("warn", strings.TrimSpace(string(text)))
	return len(text), nil
}
