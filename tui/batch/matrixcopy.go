package batch

import (
	"strings"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/tui/batchreport"
)

// CopyName is the pod under the cursor.
func (s *Matrix) CopyName() string { return s.chosen.name }

// CopyCommand is the pod's.
func (s *Matrix) CopyCommand() string {
	if len(s.lines) == 0 {
		return ""
	}
	row := &s.now.Rows[s.chosen.row]
	o, item := s.work.Live.Options(), row.Item
	if row.Result != nil && row.Result.Exit == nil && !row.Result.RunsOn && item.Pod != nil { // there is no log
		return kube.Kubectl(o.Cluster.Context, item.Namespace, "describe", "pod", item.Pod.Name)
	}
	if item.Plan != nil && item.Plan.Request.Way.OwnPod() && (row.Result != nil || item.Shares()) {
		return item.Plan.Command // the pod that it ran in is deleted, or serves others too
	}
	if item.Plan == nil { // what stands behind -- is the command's
		line := kube.Kubectl(o.Cluster.Context, item.Namespace, "exec", item.Target.Pod, "-c", item.Target.Container)
		return line + " -- " + kube.ShellLine(o.Command)
	}
	return kube.Kubectl(o.Cluster.Context, item.Target.Namespace, "logs", item.Target.Pod, "-c", item.Target.Container)
}

// CopyText is the summary, for a ticket.
func (s *Matrix) CopyText() (text, what string) {
	return batchreport.Markdown(s.facts(), s.folded.Folded, s.now.Finished()), "the summary as Markdown"
}

// facts are what a report says of the batch.
func (s *Matrix) facts() batchreport.Facts {
	o := s.work.Live.Options()
	f := batchreport.Facts{What: s.work.What, How: s.work.How, Where: s.work.Where, Context: o.Cluster.Context, Took: s.now.Took, At: s.Now()}
	for _, skip := range s.work.Skipped {
		f.Skipped = append(f.Skipped, skip.Why+": "+strings.Join(skip.Names, ", "))
	}
	return f
}
