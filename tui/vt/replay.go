package vt

import (
	"bytes"
	"io"
)

// ReplayFilter writes output of the past to a terminal. The terminal must not answer what was asked then (the answer would be typed
// to whoever runs now), so every question is taken out; and a log may have lost the CR of its line ends, so a lone LF
// becomes CR LF.
type ReplayFilter struct {
	Filter Filter
	cr     bool // the last byte was CR
	out    []byte
}

// NewReplay is a writer for output of the past, such as a recording, on its way to a terminal. What a terminal would answer is taken
// out (sizes, colours, titles, the clipboard), what it would put on the clipboard as well, and a lone LF becomes CR LF. Its error is w's.
func NewReplay(w io.Writer) io.Writer { return &replayWriter{NewReplayFilter(), w} }

type replayWriter struct {
	*ReplayFilter
	w io.Writer
}

func (r *replayWriter) Write(p []byte) (int, error) {
	if passed := r.Pass(p); len(passed) > 0 {
		if _, err := r.w.Write(passed); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// NewReplayFilter begins at the beginning of an output.
func NewReplayFilter() *ReplayFilter {
	return &ReplayFilter{Filter: Filter{Rules: rules{csi: replayCSI, esc: replayEsc, osc: replayOSC, dcs: replayDCS}}}
}

// Pass returns what of p goes on. It is valid until the next call.
func (r *ReplayFilter) Pass(p []byte) []byte {
	r.out, r.cr = AppendCRLF(r.out[:0], r.Filter.Pass(p), r.cr)
	return r.out
}

// AppendCRLF appends p with CR LF for a lone LF. cr says whether CR was the last byte before, and then, whether it is now.
func AppendCRLF(out, p []byte, cr bool) ([]byte, bool) {
	for len(p) > 0 {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			out = append(out, p...)
			return out, p[len(p)-1] == '\r'
		}
		out = append(out, p[:i]...)
		if i > 0 {
			cr = p[i-1] == '\r'
		}
		if !cr {
			out = append(out, '\r')
		}
		out = append(out, '\n')
		cr = false
		p = p[i+1:]
	}
	return out, cr
}

func drop(yes bool) ruling {
	if yes {
		return ruleDrop
	}
	return rulePass
}

func replayCSI(c *control) ruling {
	if csiQuestion(c) != 0 || refusedCSI(c) {
		return ruleDrop
	}
	switch {
	case c.is(0, 0, 't'):
		return drop(c.params[0] >= 11 && c.params[0] <= 21)
	case c.is('?', 0, 'h'):
		return drop(c.has(2048)) // answers with the size at once
	case c.is(0, 0, 'x'), c.is(0, '&', 'u'): // DECREQTPARM, DECRQUPSS
		return ruleDrop
	case c.is('?', 0, 'S'): // XTSMGRAPHICS
		return ruleDrop
	case c.inter == '$' && c.final == 'w': // DECRQPSR
		return ruleDrop
	case c.inter == '$' && c.final == 'u', c.inter == '\'' && c.final == '|': // DECRQTSR, DECRQLP
		return ruleDrop
	case c.inter == '#' && (c.final == 'R' || c.final == '|'): // XTREPORTCOLORS, XTREPORTSGR
		return ruleDrop
	}
	return rulePass
}

func replayEsc(final byte) ruling { return drop(final == 'Z' || final == '_' || refusedEsc(final)) }

func replayDCS(c *control) ruling { return drop(refusedDCS(c)) }

const oscKittyColor = 21

func replayOSC(c *control, end bool) ruling {
	if !c.inText && !end {
		return ruleWait
	}
	switch {
	case c.number == oscITerm: // ReportCellSize, ReportVariable, RequestUpload
		if len(c.text) < 2 && !end {
			return ruleWait
		}
		return drop(bytes.HasPrefix(c.text, []byte("Re")))
	case c.number == oscClipboard, c.number == oscKittyClipboard:
		return ruleDrop // what was copied then must not replace what has been copied since
	case c.number == oscKittyColor, isColor(c.number), c.number == oscPalette+1:
		if !end {
			return ruleWait
		}
		return drop(bytes.IndexByte(c.text, '?') >= 0)
	}
	return refusedOSC(c, end)
}
