package recording

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The recordings there are, the newest last; what is none is said; what is no file of ours is not looked at.
func TestList(t *testing.T) {
	state := t.TempDir()
	if list, err := List(state); err != nil || list != nil {
		t.Fatalf("without a folder: %v, %v", list, err)
	}
	begun := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, when := range []time.Time{begun.Add(time.Hour), begun} {
		now := when
		w, err := Create(state, shop(), Options{Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		now = now.Add(90 * time.Second)
		w.Output([]byte(strings.Repeat("漢", longest)))
		closed(t, w)
	}
	folder := Folder(state)
	for name, text := range map[string]string{"notes.txt": "x", "zz.cast": "no recording", "long.cast": strings.Repeat("[", 1<<20), "three.cast": head3 + "[5, \"o\", \"\"]\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(filepath.Join(folder, name), time.Time{}, begun.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(folder, "folder.cast"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/zero", filepath.Join(folder, "link.cast")); err != nil {
		t.Fatal(err)
	}
	list, err := List(state)
	if err != nil || len(list) != 5 {
		t.Fatalf("there are %+v, %v", list, err)
	}
	names, stamps := "", ""
	for _, e := range list {
		names += e.Name + " "
		stamps += e.Time.Format("2006T15:04 ")
	}
	if want := "three.cast long.cast zz.cast 20260304T050607Z-shop-web-7d-debugger-x2abc.cast 20260304T060607Z-shop-web-7d-debugger-x2abc.cast "; names != want {
		t.Errorf("they are %s, want %s", names, want)
	}
	if want := "2017T19:35 2026T04:06 2026T04:06 2026T05:06 2026T06:06 "; stamps != want {
		t.Errorf("their times are %s, want %s", stamps, want)
	}
	last := list[4]
	if last.Seconds != 90 || last.Cols != 100 || last.Title != "shop/web-7d · debugger-x2abc · prod" || last.Bytes < 3*longest || last.Mistake != "" || list[2].Mistake == "" {
		t.Errorf("the last is %+v", last)
	}
}
