// Command busybox stands for the real one on machines that have none: its commands are those of the machine, in the machine's /bin/sh, but for
// nc and wget, which a machine may lack.
package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

func main() {
	args := os.Args
	if filepath.Base(args[0]) == "busybox" {
		args = args[1:]
	}
	switch name := filepath.Base(args[0]); name {
	case "--install": // as one that was built without
		os.Exit(1)
	case "--list":
		fmt.Println("sh\nls\ncat\ntrue")
	case "nc":
		os.Exit(netcat(args[1:]))
	case "wget":
		os.Exit(wget(args[1:]))
	default:
		for _, folder := range []string{"/usr/bin", "/bin", "/usr/sbin", "/sbin"} {
			program := filepath.Join(folder, name)
			if _, err := os.Stat(program); err == nil {
				fmt.Fprintln(os.Stderr, syscall.Exec(program, append([]string{name}, args[1:]...), os.Environ()))
			}
		}
		fmt.Fprintln(os.Stderr, name+": applet not found")
		os.Exit(127)
	}
}

// netcat is what the scripts use of nc.
func netcat(args []string) int {
	if args[0] == "--help" {
		fmt.Println("-z  connect only")
		return 1
	}
	probing := args[0] == "-z"
	if probing {
		args = args[1:]
	}
	conn, err := net.Dial("tcp", net.JoinHostPort(args[0], args[1]))
	if err != nil {
		fmt.Fprintln(os.Stderr, "nc:", err)
		return 1
	}
	if !probing {
		go func() {
			_, _ = io.Copy(conn, os.Stdin)
			_ = conn.(*net.TCPConn).CloseWrite()
		}()
		_, _ = io.Copy(os.Stdout, conn)
	}
	return 0
}

// wget is what the scripts use of it: wget -q -S -O - --no-check-certificate [--header LINE]... URL, for https only.
func wget(args []string) int {
	u, err := url.Parse(args[len(args)-1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "wget:", err)
		return 1
	}
	conn, err := tls.Dial("tcp", u.Host, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}})
	if err != nil {
		fmt.Fprintln(os.Stderr, "wget:", err)
		return 1
	}
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nConnection: close\r\n", u.RequestURI())
	for i, arg := range args {
		if arg == "--header" {
			fmt.Fprintf(conn, "%s\r\n", args[i+1])
		}
	}
	fmt.Fprint(conn, "\r\n")
	answer, _ := io.ReadAll(conn)
	head, body, _ := strings.Cut(string(answer), "\r\n\r\n")
	status, _, _ := strings.Cut(head, "\r\n")
	if !strings.Contains(status, " 200 ") {
		fmt.Fprintln(os.Stderr, "wget: server returned error:", status)
		return 1
	}
	fmt.Fprintln(os.Stderr, "  "+status)
	fmt.Print(body)
	return 0
}
