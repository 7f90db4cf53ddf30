package tui

import (
	"cmp"
	"context"
	"os/exec"
	"runtime"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/dayfly-k8s/dayfly/tui/kit"
	"github.com/dayfly-k8s/dayfly/tui/sessions"
)

// editedMsg tells that the editor has ended, and the terminal is back.
type editedMsg struct {
	of  kit.EditFile
	err error
}

// edit gives the terminal to the person's editor. As with a session, keys that come meanwhile are no commands; they are nobody's.
func (a *App) edit(msg kit.EditFile) tea.Cmd {
	if a.busy(msg) {
		return nil
	}
	a.begin(sessions.Typeahead{}, true)
	ctx, host := a.ctx, a.host
	return func() tea.Msg { return editedMsg{msg, host.Edit(ctx, msg.File)} }
}

// edited goes on where the editor was asked for.
func (a *App) edited(msg editedMsg) tea.Cmd {
	early := a.takeBack()
	if a.endsWith(msg.err) {
		return tea.Quit
	}
	cmds := []tea.Cmd{a.route(msg.of.Done(msg.err))}
	for _, m := range early {
		cmds = append(cmds, a.route(m))
	}
	return tea.Batch(cmds...)
}

// editorCommand runs an editor with a file. An editor is a command line, as git has it: it may have arguments, and quotes.
func editorCommand(ctx context.Context, editor, file string) *exec.Cmd {
	if runtime.GOOS == "windows" {
		words := strings.Fields(cmp.Or(editor, "notepad"))
		return exec.CommandContext(ctx, words[0], append(words[1:], file)...)
	}
	return exec.CommandContext(ctx, "sh", "-c", cmp.Or(editor, "vi")+` "$@"`, "editor", file)
}
