package packets

import (
	"bytes"
	"strconv"

	"github.com/dayfly-k8s/dayfly/kube"
)

// HTTP is the beginning of a request or an answer of HTTP/1. Its texts are cleaned.
type HTTP struct {
	Method, Path, Host string // of a request
	Status             int    // of an answer; 0: it is a request
	Reason             string
}

// Words say what it is.
func (h *HTTP) Words() string {
	if h.Status != 0 {
		return strconv.Itoa(h.Status) + " " + h.Reason
	}
	return h.Method + " " + h.Host + h.Path
}

// mostLine is how long a text of it may be.
const mostLine = 256

// parseHTTP reads the beginning of a payload.
func parseHTTP(p []byte) (*HTTP, bool) {
	line, rest, whole := bytes.Cut(p, []byte("\r\n"))
	if after, ok := bytes.CutPrefix(line, []byte("HTTP/1.")); ok {
		if len(after) < 5 || after[1] != ' ' {
			return nil, false
		}
		status, err := strconv.Atoi(string(after[2:5]))
		if err != nil || status < 100 || status > 999 {
			return nil, false
		}
		return &HTTP{Status: status, Reason: clean(bytes.TrimSpace(after[5:]))}, true
	}
	method, after, ok := bytes.Cut(line[:min(len(line), 8<<10)], []byte(" "))
	if !ok || !isMethod(string(method)) {
		return nil, false
	}
	path, version, ok := bytes.Cut(after, []byte(" "))
	if whole && (!ok || !bytes.HasPrefix(version, []byte("HTTP/1."))) {
		return nil, false
	}
	return &HTTP{Method: string(method), Path: clean(path), Host: host(rest)}, true
}

func isMethod(name string) bool {
	switch name {
	case "GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE":
		return true
	}
	return false
}

// host is what the headers say of it, as far as they were captured.
func host(headers []byte) string {
	const most = 8 << 10
	for line := range bytes.SplitSeq(headers[:min(len(headers), most)], []byte("\r\n")) {
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok {
			return ""
		}
		if bytes.EqualFold(name, []byte("host")) {
			return clean(bytes.TrimSpace(value))
		}
	}
	return ""
}

// clean is a text of a packet as it may be shown.
func clean(p []byte) string { return kube.Sanitize(string(p[:min(len(p), mostLine)])) }
