// Command cluster is a real Kubernetes for tests, on a bare Linux machine as root: a control plane on the host, and one
// node in namespaces of its own, with an image registry that can be slow and broken. See README.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// Hidden commands: what daemons are started with.
const (
	commandSupport = "support"
	commandNode    = "node-init"
)

const usage = `A real Kubernetes for tests. Commands:

  up [--wait]    bring the cluster up; with --wait also wait for the pods that will run
  down [--all]   stop it and remove all but the built binaries; with --all those too
  status         what runs
  kubeconfig     print the path for KUBECONFIG
  node [CMD…]    run a command in the node, a shell by default
  scale [--nodes N] PODS
                 make so many pods on fake nodes, or take away what is too many; 0: the nodes too. There are
                 100 nodes, or N, of which the first 100 have the pods
  churn RATE     change so many of those pods a second, until interrupted
  restart NAME   end one component and start it again, for tests of what clients do meanwhile

The folder is .cluster at the repository's root, or what DAYFLY_CLUSTER_DIR names.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command(ctx, os.Args[1:]); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(os.Stderr, usage)
			os.Exit(2)
		}
		fmt.Fprintf(os.Stderr, "cluster: %v\n", err)
		os.Exit(1)
	}
}

// command runs one command line.
func command(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return flag.ErrHelp
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	flags.Usage = func() {}
	flags.SetOutput(os.Stderr)
	wait := flags.Bool("wait", false, "up: wait for the pods that will run")
	nodes := flags.Int("nodes", fakeNodes, "scale: how many fake nodes")
	all := flags.Bool("all", false, "down: remove the binaries too")
	if err := flags.Parse(args[1:]); err != nil {
		return flag.ErrHelp
	}
	if (args[0] == commandSupport || args[0] == commandNode) && flags.NArg() == 1 {
		return daemon(ctx, args[0], NewPlace(flags.Arg(0)))
	}
	place, err := FindPlace()
	if err != nil {
		return err
	}
	report := NewReport(os.Stderr)
	switch args[0] {
	case "up":
		return upAndTell(ctx, place, report, *wait)
	case "down":
		return Down(ctx, place, report, *all)
	case "status":
		return Status(ctx, place, os.Stdout)
	case "kubeconfig":
		fmt.Println(place.KubeConfig())
		return nil
	case "node":
		return Enter(place, flags.Args())
	case "scale":
		return Scale(ctx, place, report, *nodes, flags.Arg(0))
	case "churn":
		return Churn(ctx, place, report, flags.Arg(0))
	case "restart":
		return Restart(ctx, place, report, flags.Arg(0))
	}
	return flag.ErrHelp
}

func upAndTell(ctx context.Context, place Place, report *Report, wait bool) error {
	if err := Up(ctx, place, report); err != nil {
		return err
	}
	if wait {
		if err := waitForPods(ctx, place, report); err != nil {
			return err
		}
	}
	fmt.Printf("export KUBECONFIG=%s\n", place.KubeConfig())
	return nil
}

func daemon(ctx context.Context, name string, place Place) error {
	if name == commandNode {
		return runNode(ctx, place)
	}
	return runSupport(ctx, place)
}
