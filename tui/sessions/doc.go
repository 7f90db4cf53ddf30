// Package sessions is the room of sessions: the start of one, its end, the list of all, and the question what becomes of them when dayfly ends. Its
// screens show what the runner knows, and ask App for what changes anything.
package sessions
