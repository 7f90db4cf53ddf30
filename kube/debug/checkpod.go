package debug

// checkPod finds that nothing can start in the pod any more. A plan is made only for a pod that takes one: this is about what has
// happened to it since.
func checkPod(_ Plan, f Facts) []Finding {
	if f.Pod.Refusal == nil {
		return nil
	}
	return []Finding{{Severity: Blocking, Text: f.Pod.Refusal.Message}}
}

// checkStart finds that the pod itself does not start, so that a debug container would wait with it.
func checkStart(_ Plan, f Facts) []Finding {
	cause, ok := f.Pod.StartCause(f.Events)
	if !ok {
		return nil
	}
	found := Finding{Severity: Warning, Text: "nothing starts in the pod yet: " + cause.Text}
	if cause.Lasting {
		found.Severity = Blocking
	}
	found.Text += "; " + cause.Hint()
	return []Finding{found}
}
