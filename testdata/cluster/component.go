package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Component is one long-lived process on the host.
type Component struct {
	Name string
	Path string // program, absolute or found in PATH
	Args []string
	// Namespaces are the clone flags of namespaces to create for it.
	Namespaces uintptr
}

// Names of the components, of their logs and of their pid files.
const (
	nameEtcd       = "etcd"
	nameAPIServer  = "kube-apiserver"
	nameController = "kube-controller-manager"
	nameScheduler  = "kube-scheduler"
	nameSupport    = "support"
	nameNixery     = "nixery"
	nameNode       = "node"
	nameKwok       = "kwok" // only while there are fake nodes
)

// componentNames are those without which the cluster cannot be used.
func componentNames() []string {
	return []string{nameEtcd, nameAPIServer, nameController, nameScheduler, nameSupport, nameNixery, nameNode}
}

func (p Place) etcdDataFlag() string { return "--data-dir=" + p.Run("etcd") }

func (p Place) etcd() Component {
	client := fmt.Sprintf("http://127.0.0.1:%d", p.Port(portEtcd))
	peer := fmt.Sprintf("http://127.0.0.1:%d", p.Port(portEtcdPeer))
	return Component{Name: nameEtcd, Path: "etcd", Args: []string{
		p.etcdDataFlag(), "--name=default", "--logger=zap", "--log-level=warn",
		"--listen-client-urls=" + client, "--advertise-client-urls=" + client,
		"--listen-peer-urls=" + peer, "--initial-advertise-peer-urls=" + peer, "--initial-cluster=default=" + peer,
		// The data do not outlive the cluster, so they need not outlive a power cut.
		"--unsafe-no-fsync",
		// Each round of Scale may leave half a gigabyte until it is compacted, and beyond the default of 2 no write is taken any more.
		"--quota-backend-bytes=8589934592",
	}}
}

func (p Place) apiServer() Component {
	return Component{Name: nameAPIServer, Path: p.Bin("kube-apiserver"), Args: []string{
		fmt.Sprintf("--etcd-servers=http://127.0.0.1:%d", p.Port(portEtcd)),
		"--bind-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", p.Port(portAPI)),
		// Clients inside the node come through the support daemon, which listens there on the same port.
		"--advertise-address=" + p.HostAddr().String(), "--endpoint-reconciler-type=master-count",
		"--service-cluster-ip-range=" + serviceCIDR,
		"--tls-cert-file=" + p.pki(pkiAPIServer+".crt"), "--tls-private-key-file=" + p.pki(pkiAPIServer+".key"),
		"--client-ca-file=" + p.pki(pkiAuthority+".crt"),
		"--kubelet-certificate-authority=" + p.pki(pkiAuthority+".crt"),
		"--kubelet-client-certificate=" + p.pki(pkiKubeletClient+".crt"),
		"--kubelet-client-key=" + p.pki(pkiKubeletClient+".key"),
		"--kubelet-preferred-address-types=InternalIP",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + p.pki(pkiAccounts+".crt"),
		"--service-account-signing-key-file=" + p.pki(pkiAccounts+".key"),
		"--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction",
		"--allow-privileged=true", "--profiling=false",
	}}
}

func (p Place) controllerManager() Component {
	return Component{Name: nameController, Path: p.Bin("kube-controller-manager"), Args: []string{
		"--kubeconfig=" + p.pki("controller-manager.kubeconfig"), "--leader-elect=false", "--secure-port=0",
		"--root-ca-file=" + p.pki(pkiAuthority+".crt"), "--use-service-account-credentials",
		// How soon the taint of a new node goes, with which no pod can be scheduled.
		"--node-monitor-period=1s",
		// While the API server takes in 50,000 pods, nodes miss their leases: with the default of 50 s all pods of the fake ones would
		// be marked not ready, and as many events written. Nobody waits here for a node to be found dead.
		"--node-monitor-grace-period=30m",
		// Every controller asks for its account at the start, and the default limits let them wait for seconds.
		"--kube-api-qps=500", "--kube-api-burst=1000",
		"--service-account-private-key-file=" + p.pki(pkiAccounts+".key"), "--profiling=false",
	}}
}

func (p Place) scheduler() Component {
	return Component{Name: nameScheduler, Path: p.Bin("kube-scheduler"), Args: []string{
		"--kubeconfig=" + p.pki("scheduler.kubeconfig"), "--leader-elect=false", "--secure-port=0", "--profiling=false",
	}}
}

// Running is a component that was started by this program's present run.
type Running struct {
	Name    string
	Process Process
	log     string
	ended   chan struct{} // closed at its end
}

// start runs a component detached: it outlives this program and does not get its Ctrl-C.
func (p Place) start(c Component) (*Running, error) {
	log, err := os.Create(p.Log(c.Name))
	if err != nil {
		return nil, fmt.Errorf("log of %s: %w", c.Name, err)
	}
	defer log.Close()
	cmd := exec.Command(c.Path, c.Args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = "/", log, log
	cmd.Env = []string{"PATH=" + toolPath, "HOME=/root"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Cloneflags: c.Namespaces}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", c.Name, err)
	}
	process, err := FindProcess(cmd.Process.Pid)
	if err == nil {
		err = p.writePID(c.Name, process)
	}
	if err != nil && !errors.Is(err, errGone) { // one that is gone already is reported by await, with its log
		return nil, errors.Join(err, cmd.Process.Kill())
	}
	r := &Running{Name: c.Name, Process: process, log: p.Log(c.Name), ended: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // the log says more than the exit code does
		close(r.ended)
	}()
	return r, nil
}

// toolPath is where components find programs, whatever the caller's PATH is.
const toolPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// startLimit is far above what a start takes, for slow and busy machines.
const startLimit = 90 * time.Second

// await asks probe until it has no error. It gives up early when the component ends, and shows the end of its log.
func (r *Running) await(ctx context.Context, what string, probe func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		err := probe(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-r.ended:
			return fmt.Errorf("%s ended while starting, the end of its log %s:\n%s", r.Name, r.log, tail(r.log, 20))
		case <-ctx.Done():
			return fmt.Errorf("%s: still not after %s: %w, the end of the log %s of %s:\n%s",
				what, startLimit, err, r.log, r.Name, tail(r.log, 20))
		case <-time.After(30 * time.Millisecond):
		}
	}
}

// tail is the last lines of a file, indented, or why there are none.
func tail(path string, lines int) string {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "    (no log)"
	} else if err != nil {
		return "    " + err.Error()
	}
	all := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	if len(all) > lines {
		all = all[len(all)-lines:]
	}
	return "    " + strings.Join(all, "\n    ")
}
