// Package session gives the person's terminal to a program in a container and takes it back.
//
// The life of the terminal, from the start of the process to its end:
//
//	term, err := session.OpenTerminal(os.Stdin, os.Stdout)  // *NoTerminalError: say so, exit 2
//	defer term.Restore()
//	err = term.Start()                                      // raw from here on
//	p := tea.NewProgram(model, tea.WithInput(term.Input()), tea.WithOutput(io.Discard)) // frames are painted by tui/paint
//
// and of a session, in a command of the interface, that is on a goroutine of its own:
//
//	err := term.HandOver(ui, key, func(fg *session.Foreground) {
//		cause = s.Show(fg, 0)
//	})
//
// # Rules of the terminal
//
//   - One goroutine reads it, the pump, and nothing else ever does. A byte goes to the interface or to the session, to one of them, once.
//   - It is raw from Start to Restore, also between the interface and a session.
//   - Whoever has it, gets its signals: size, and those that end the process ([Terminal.WatchEnd]). While nobody has it, they end the process
//     with the terminal restored.
//   - A sequence that the network has cut is waited for. The interface reads whole ones only; a lone ESC is a key after 50 ms.
//   - While the process is stopped ([Terminal.Suspend]), it is as it was found and nobody here reads it.
//   - A session has the main screen, with scrollback and selection. Its output passes unchanged, but for what would read the
//     clipboard or the title of the window. What it has turned on is turned off when it goes.
//   - The detach key is a key: its byte in a paste is none. It works also when the program hangs.
//   - Answers of the terminal go to who asked. What it owes to the interface is swallowed, however late it comes; at the end it is waited for.
//   - The terminal never makes the link wait, unless it is megabytes behind; the link never makes the detach key wait.
//   - Every way out leads through Restore: [Terminal.Guard] is deferred on every goroutine here.
//
// What the interface owes: [UI.Drain] must hand out the keys that it had read already, and whoever gets a [*SignalError]
// from [Terminal.HandOver] quits.
package session
