package files_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/files"
)

// fragile is the way to an API server on which a connection breaks once, when it has carried so many bytes.
type fragile struct {
	address  string
	after    int64
	up       bool // of what is sent, otherwise of what comes
	broken   atomic.Bool
	sent, of atomic.Int64
}

func (f *fragile) listen(t *testing.T, server string) string {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	f.address = u.Host
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go f.pass(client)
		}
	}()
	return l.Addr().String()
}

func (f *fragile) pass(client net.Conn) {
	server, err := net.Dial("tcp", f.address)
	if err != nil {
		_ = client.Close()
		return
	}
	end := func() {
		_ = client.Close()
		_ = server.Close()
	}
	go func() {
		defer end()
		f.carry(server, client, &f.sent, f.up)
	}()
	defer end()
	f.carry(client, server, &f.of, !f.up)
}

func (f *fragile) carry(to io.Writer, from io.Reader, all *atomic.Int64, breaks bool) {
	block, carried := make([]byte, 4<<10), int64(0)
	for {
		n, err := from.Read(block)
		if err != nil {
			return
		}
		all.Add(int64(n))
		if carried += int64(n); breaks && carried > f.after && f.broken.CompareAndSwap(false, true) {
			return
		}
		if _, err := to.Write(block[:n]); err != nil {
			return
		}
	}
}

// overFragile is practised, over a way that breaks.
func overFragile(t *testing.T, f *fragile) (c *kube.Cluster, p files.Place, folder string) {
	t.Helper()
	direct, p, folder := practised(t)
	config := rest.CopyConfig(direct.Config())
	config.Host, config.WrapTransport = "https://"+f.listen(t, config.Host), nil // which is the direct way's
	c, err := kube.New("practice", "shop", config, kube.Guard{})
	if err != nil {
		t.Fatal(err)
	}
	return c, p, folder
}

// megabytes is how much is carried: several times what may be on the way when the link breaks, which is lost. To begin again would carry 7/4 of it.
const megabytes = 16 << 20

// once wants that a link was lost, and that not everything was carried again.
func (f *fragile) once(t *testing.T, retried int, carried int64) {
	t.Helper()
	if !f.broken.Load() || retried != 1 {
		t.Errorf("the link was lost: %v, retried %d times", f.broken.Load(), retried)
	}
	if carried > megabytes/2*3 {
		t.Errorf("%d bytes were carried of %d: it has begun again", carried, megabytes)
	}
}

func TestUploadOverALostLink(t *testing.T) {
	f := &fragile{after: megabytes / 4 * 3, up: true}
	c, p, folder := overFragile(t, f)
	text := make([]byte, megabytes)
	_, _ = rand.Read(text)
	retried := 0
	u := files.Upload{
		Request: files.Request{Place: p, Path: "/tmp/sent", Retries: 3, Retry: func(error) { retried++ }},
		Open:    func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil },
	}
	put(t, filepath.Join(folder, "tmp/sent"), "old")
	got, err := files.Send(t.Context(), c, u)
	if err != nil || !got.Equal || got.Bytes != megabytes {
		t.Fatalf("%+v, %v", got, err)
	}
	f.once(t, retried, f.sent.Load())
	if there, err := os.ReadFile(filepath.Join(folder, "tmp/sent")); err != nil || !bytes.Equal(there, text) {
		t.Errorf("%d bytes are there, %v", len(there), err)
	}
	if left, _ := os.ReadDir(filepath.Join(folder, "tmp")); len(left) != 1 {
		t.Errorf("there is %v", left)
	}
}

// many makes a folder of files, of which some are in folders of their own.
func many(t *testing.T, folder string) {
	t.Helper()
	const files = 256
	text := make([]byte, megabytes/files)
	for i := range files {
		_, _ = rand.Read(text)
		put(t, filepath.Join(folder, fmt.Sprintf("d%d/*file %d", i/64, i)), string(text))
	}
}

// wantEqual wants the same files in two folders.
func wantEqual(t *testing.T, a, b string) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(a, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		n++
		want, _ := os.ReadFile(name)
		relative, _ := filepath.Rel(a, name)
		if got, err := os.ReadFile(filepath.Join(b, relative)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes of %d, %v", relative, len(got), len(want), err)
		}
		return nil
	})
	if err != nil || n != 256 {
		t.Errorf("%d files, %v", n, err)
	}
}

func TestTreesOverALostLink(t *testing.T) {
	t.Run("download", func(t *testing.T) {
		f := &fragile{after: megabytes / 4 * 3}
		c, p, folder := overFragile(t, f)
		many(t, filepath.Join(folder, "tree"))
		root, _ := destination(t)
		retried := 0
		r := files.Request{Place: p, Path: "/tree", Retries: 3, Retry: func(error) { retried++ }}
		got, err := files.DownloadTree(t.Context(), c, r, root, files.DefaultLimits())
		if err != nil || got.Files != 256 || got.Skipped != 0 || got.Bytes != megabytes {
			t.Fatalf("%+v, %v", got, err)
		}
		f.once(t, retried, f.of.Load())
		wantEqual(t, filepath.Join(folder, "tree"), root.Name())
	})
	t.Run("upload", func(t *testing.T) {
		f := &fragile{after: megabytes / 4 * 3, up: true}
		c, p, folder := overFragile(t, f)
		from := t.TempDir()
		many(t, from)
		root, err := os.OpenRoot(from)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = root.Close() }()
		retried := 0
		u := files.Upload{Request: files.Request{Place: p, Path: "/new", Retries: 3, Retry: func(error) { retried++ }}, Base: "tree"}
		if err := files.SendTree(t.Context(), c, u, root, files.Packing{}); err != nil {
			t.Fatal(err)
		}
		f.once(t, retried, f.sent.Load())
		wantEqual(t, from, filepath.Join(folder, "new"))
	})
}
