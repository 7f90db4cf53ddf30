// Command web is the application that tests look into: one static file in an image without a shell. It serves a fixed
// body, logs a line per request, and can be told to misbehave in the ways a person on call meets.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

const configFile = "/etc/web.conf"

func main() {
	addr := flag.String("addr", ":8080", "address to serve on")
	crash := flag.Bool("crash", false, "print the lines of a crash and exit 3")
	exit := flag.Int("exit", -1, "print a line and exit with this code")
	oom := flag.Bool("oom", false, "use more and more memory until killed")
	unready := flag.Bool("unready", false, "answer 503 on /ready")
	user := flag.Bool("user", false, "print user and group before serving")
	flag.Parse()

	if *user {
		fmt.Printf("running as uid %d gid %d\n", os.Getuid(), os.Getgid())
	}
	switch {
	case *crash:
		fmt.Println("starting web, connecting to db at 10.9.9.9:5432")
		time.Sleep(200 * time.Millisecond)
		fmt.Println("boom: cannot reach db at 10.9.9.9:5432: no route to host")
		os.Exit(3)
	case *exit >= 0:
		fmt.Printf("all work is done, exit %d\n", *exit)
		os.Exit(*exit)
	case *oom:
		eat()
	}
	if err := serve(*addr, greeting(), !*unready); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// greeting is the value of greeting= in the configuration file, so that a debugger can show where the body comes from.
func greeting() string {
	text, err := os.ReadFile(configFile)
	if err != nil {
		return "hello without configuration"
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), "greeting="); ok {
			return value
		}
	}
	return "hello without greeting"
}

func serve(addr, body string, ready bool) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	mux := http.NewServeMux()
	mux.HandleFunc("/ready", func(w http.ResponseWriter, _ *http.Request) {
		if !ready {
			http.Error(w, "not ready: the cache is cold", http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Printf("%s %s %s from %s\n", time.Now().UTC().Format(time.RFC3339), r.Method, r.URL.Path, r.RemoteAddr)
		fmt.Fprintln(w, body)
	})
	server := &http.Server{Addr: addr, Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		fmt.Println("got a signal, leaving")
		server.Close()
	}()
	fmt.Printf("web serves on %s\n", addr)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve on %s: %w", addr, err)
	}
	return nil
}

// eat touches every page that it takes, since memory that is only reserved is not counted.
func eat() {
	fmt.Println("loading the whole catalogue into memory")
	var kept [][]byte
	for {
		block := make([]byte, 4<<20)
		for i := 0; i < len(block); i += 4096 {
			block[i] = 1
		}
		kept = append(kept, block)
		if len(kept)%4 == 0 {
			fmt.Printf("%d MB loaded\n", len(kept)*4)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
