package debug

import (
	"context"
	"sync"
	"time"

	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/podcopy"
)

// CopyEnvironment is what is around a pod and decides how a copy of it can be.
type CopyEnvironment struct {
	By   string       // who would make it: [kube.Cluster.Who]
	Jobs kube.Verdict // whether a Job may be created to end it

	Around podcopy.Environment
	// LastLog and LastExit are of the containers that have ended, by their names. A pod that is read later may not have the exit: between two starts
	// a kubelet can leave it out for a moment.
	LastLog  map[string][]string
	LastExit map[string]*kube.Exit
}

// ReadCopyEnvironment reads it, all at once. What may not be read is not known, which is no error; nor is what takes longer than three seconds.
func ReadCopyEnvironment(ctx context.Context, c *kube.Cluster, pod *kube.Pod) CopyEnvironment {
	const patience = 3 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	e := CopyEnvironment{LastExit: map[string]*kube.Exit{}}
	for _, one := range pod.Containers {
		e.LastExit[one.Name] = one.Exit
	}
	var all sync.WaitGroup
	all.Go(func() { e.By = c.Who(ctx) })
	all.Go(func() {
		e.Jobs = kube.VerdictOn(c.Access(ctx, pod.Namespace, []kube.Right{kube.RightToTime()}), kube.RightToTime())
	})
	all.Go(func() { e.LastLog = readLastLogs(ctx, c, pod) })
	all.Go(func() { e.Around = podcopy.ReadEnvironment(ctx, c, pod.Object()) })
	all.Wait()
	return e
}
