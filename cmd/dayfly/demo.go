package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/config"
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/practice"
	"github.com/dayfly-k8s/dayfly/presets/registry"
	"github.com/dayfly-k8s/dayfly/testdata/manifests"
	"github.com/dayfly-k8s/dayfly/tui/session"
)

// demo is the command line of dayfly demo.
type demo struct {
	options
	serve bool
	port  int
	flags *pflag.FlagSet // those of kubectl; only some are offered
}

func newDemoCommand() *cobra.Command {
	d := &demo{flags: pflag.NewFlagSet("demo", pflag.ContinueOnError)}
	d.kube.AddTo(d.flags)
	cmd := &cobra.Command{
		Use:   "demo [POD]",
		Short: "Practise on a cluster inside dayfly",
		Long: `dayfly demo starts a small Kubernetes cluster inside dayfly and opens it: a shop with healthy
and sick pods. Its containers are processes on this machine, run as you; they and the cluster
end with dayfly.

With --serve there is no interface: it prints the KUBECONFIG for kubectl or another dayfly and
serves until you interrupt it.`,
		Args: podArgument(&d.options),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return d.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&d.serve, "serve", false, "Print a KUBECONFIG and serve until interrupted")
	flags.IntVar(&d.port, "port", 0, "Port on 127.0.0.1 (default any; when it is busy, another)")
	d.addTo(flags)
	flags.AddFlag(d.flags.Lookup("namespace"))
	flags.AddFlag(d.flags.Lookup("context"))
	return cmd
}

func (d *demo) run(ctx context.Context, stdout, stderr io.Writer) error {
	if d.port < 0 || d.port > 65535 {
		return usageError{fmt.Errorf("--port: %d is not a valid port", d.port)}
	}
	kube.RouteLogs(slog.New(slog.DiscardHandler))
	var terminal *session.Terminal
	if !d.serve {
		var err error
		if terminal, err = d.terminal(); err != nil {
			return err
		}
	}
	cluster, err := practice.Start(ctx, practice.Options{
		Scenes: manifests.FS, More: []fs.FS{manifests.Nodes(), manifests.Leftovers(), manifests.Rollout()}, Port: d.port,
	})
	if err != nil {
		return fmt.Errorf("start the practice cluster: %w", err)
	}
	defer cluster.Close()
	moved := d.moved(cluster.Server)
	if d.serve {
		return serve(ctx, cluster.Kubeconfig, moved, stdout, stderr)
	}
	if err := d.flags.Set("kubeconfig", cluster.Kubeconfig); err != nil {
		return fmt.Errorf("open the practice cluster: %w", err)
	}
	o, err := d.interfaceOptions(ctx)
	if err != nil {
		return err
	}
	o.Guide, o.Kit.Fleeting = true, true
	// Its images are its own: they are on no network, and the user's mirrors have none of them.
	o.Kit.Registry = registry.New(registry.Options{Transport: cluster.Registry()})
	o.Kit.Registries = config.Config{}.RegistriesFor
	if moved != "" {
		o.Kit.Notices = append(o.Kit.Notices, moved)
	}
	return show(ctx, terminal, o)
}

// moved says that the cluster is not at the port that was asked for, or nothing.
func (d *demo) moved(server string) string {
	at, err := url.Parse(server)
	if d.port == 0 || err == nil && at.Port() == strconv.Itoa(d.port) {
		return ""
	}
	return fmt.Sprintf("port %d is busy: the practice cluster is at %s", d.port, server)
}

// serve waits for the signal to end. SIGINT and SIGTERM are how one ends a server, and no error.
func serve(ctx context.Context, kubeconfig, moved string, stdout, stderr io.Writer) error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	if moved != "" {
		_, _ = fmt.Fprintln(stderr, "dayfly: "+moved)
	}
	_, err := fmt.Fprintf(stdout, "export KUBECONFIG=%s\n# Run that line in another shell, then kubectl get pods or dayfly. "+
		"The containers are processes on this machine.\n# Press Ctrl-C here to stop.\n", kubeconfig)
	if err != nil {
		return fmt.Errorf("tell the KUBECONFIG: %w", err)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case s := <-signals:
		if s == syscall.SIGHUP {
			return &session.SignalError{Signal: s}
		}
		return nil
	}
}
