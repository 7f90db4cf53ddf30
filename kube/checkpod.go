package kube

// checkPod finds that nothing can start in the pod any more. A plan is made only for a pod that takes one: this is about what has
// happened to it since.
func checkPod(_ Plan, f Facts) []Finding {
	if f.Pod.Refusal == nil {
		return nil
	}
	return []Finding{{Weight: Stops, Text: f.Pod.Refusal.What}}
}
