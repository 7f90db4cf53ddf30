package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/folders"
	"github.com/dayfly-k8s/dayfly/cmd/dayfly/player"
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/recording"
)

// playOptions are the command line of dayfly play.
type playOptions struct {
	speed  float64
	idle   time.Duration
	text   bool
	output string
}

func newPlayCommand() *cobra.Command {
	var o playOptions
	cmd := &cobra.Command{
		Use:   "play [FILE]",
		Short: "Play back a recorded session",
		Long: `dayfly play FILE plays a recording back at its original speed: space pauses and resumes, q or Ctrl-C
quits. With --text it prints what was on the screen as plain text instead, and needs no terminal.
FILE is a file in asciicast v2 or v3, or the name of one in $XDG_STATE_HOME/dayfly/recordings (else
~/.local/state/dayfly/recordings); what would make the terminal answer, or reach the clipboard, is
taken out. Without FILE it lists the recordings there, the newest last, with -o json for programs.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError{fmt.Errorf("expected at most one recording, got %d arguments: %q; to open a pod named %q: dayfly -- play", len(args), args, "play")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(cmd, args); err != nil {
				return err
			}
			if len(args) == 0 {
				return listRecordings(cmd.OutOrStdout(), cmd.ErrOrStderr(), o.output, time.Local)
			}
			return o.show(cmd, args[0])
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.Float64Var(&o.speed, "speed", 1, "Playback speed: 2 is twice as fast")
	flags.DurationVar(&o.idle, "idle-limit", 0, "Shorten pauses to at most this: 2s (default: as recorded)")
	flags.BoolVar(&o.text, "text", false, "Print the text of the recording, without a terminal")
	addOutput(flags, &o.output)
	return cmd
}

// check finds what does not make sense, or not together.
func (o *playOptions) check(cmd *cobra.Command, args []string) error {
	const fastest = 1e6
	if o.speed <= 0 || !(o.speed <= fastest) {
		return usageError{fmt.Errorf("--speed %v: use a number above 0, up to %d", o.speed, int(fastest))}
	}
	if o.idle < 0 {
		return usageError{fmt.Errorf("--idle-limit %s: use a positive duration such as 2s", o.idle)}
	}
	for _, flag := range []string{"speed", "idle-limit", "text"} {
		if len(args) == 0 && cmd.Flags().Changed(flag) {
			return usageError{fmt.Errorf("--%s needs a recording; dayfly play lists them", flag)}
		}
	}
	if len(args) > 0 && o.output != "" {
		return usageError{errors.New("--output is for the list of recordings; --text prints one")}
	}
	return checkOutput(o.output)
}

// show plays a recording, or prints its text.
func (o *playOptions) show(cmd *cobra.Command, name string) error {
	f, err := openRecording(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if o.text {
		err = recording.Transcript(f, cmd.OutOrStdout())
	} else {
		err = player.Options{Speed: o.speed, IdleLimit: o.idle}.Play(cmd.Context(), f, cmd.ErrOrStderr())
	}
	return about(name, err)
}

// about says of which recording a problem is.
func about(name string, err error) error {
	var p *kube.Problem
	if !errors.As(err, &p) {
		return err
	}
	of := *p
	of.Message = kube.Sanitize(name) + ": " + p.Message
	return &of
}

// openRecording opens a file, or one of that name among the recordings.
func openRecording(name string) (*os.File, error) {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) && name != "" && filepath.Base(name) == name {
		if state, _, noFolder := folders.State(); noFolder == nil {
			at := filepath.Join(recording.Folder(state), name)
			if f, err = os.Open(at); errors.Is(err, fs.ErrNotExist) {
				f, err = os.Open(at + ".cast")
			}
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &kube.Problem{Message: fmt.Sprintf("there is no recording %q", kube.Sanitize(name)), Hint: "dayfly play lists them", Err: err}
	}
	var info fs.FileInfo
	if err == nil {
		info, err = f.Stat()
	}
	if err == nil && info.IsDir() {
		_ = f.Close()
		err = errors.New("it is a folder")
	}
	if err != nil {
		return nil, &kube.Problem{Message: fmt.Sprintf("cannot read recording %q: %s", kube.Sanitize(name), kube.Sanitize(withoutPath(err))), Hint: "dayfly play lists them", Err: err}
	}
	return f, nil
}

// withoutPath drops the path that package os puts before what went wrong.
func withoutPath(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

func listRecordings(stdout, stderr io.Writer, output string, zone *time.Location) error {
	state, _, err := folders.State()
	if err != nil {
		return err
	}
	list, err := recording.List(state)
	if err != nil {
		return err
	}
	switch {
	case output == "json":
		err = writeJSON(stdout, append([]recording.Entry{}, list...))
	case len(list) == 0:
		_, err = fmt.Fprintf(stderr, "There are no recordings in %s yet.\n", kube.Sanitize(recording.Folder(state)))
	default:
		err = recordingTable(stdout, list, zone)
	}
	if err != nil {
		return fmt.Errorf("list the recordings: %w", err)
	}
	return nil
}

// recordingTable prints a line for each recording.
func recordingTable(out io.Writer, list []recording.Entry, zone *time.Location) error {
	const gap = 2
	table := tabwriter.NewWriter(out, 0, 0, gap, ' ', 0)
	_, _ = fmt.Fprintln(table, "TIME\tLENGTH\tSIZE\tSESSION\tFILE")
	for _, e := range list {
		length := "-"
		switch took := time.Duration(e.Seconds * float64(time.Second)); {
		case took >= 10*time.Second:
			length = took.Round(time.Second).String()
		case took > 0:
			length = fmt.Sprintf("%.1fs", took.Seconds())
		}
		session := cmp.Or(e.Title, "-")
		if e.Mistake != "" {
			session = "(" + e.Mistake + ")"
		}
		cells := []string{e.Time.In(zone).Format("2006-01-02 15:04:05"), length, size(e.Bytes), session, e.Name}
		for i, cell := range cells {
			cells[i] = kube.Sanitize(cell)
		}
		_, _ = fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	return table.Flush()
}

// size is a number of bytes in words.
func size(bytes int64) string {
	const kilo, mega = 1e3, 1e6
	switch {
	case bytes < kilo:
		return fmt.Sprintf("%d B", bytes)
	case bytes < mega:
		return fmt.Sprintf("%.1f kB", float64(bytes)/kilo)
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/mega)
}
