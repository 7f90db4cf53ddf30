package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
)

// envDir names the environment variable that moves the cluster's folder.
const envDir = "DAYFLY_CLUSTER_DIR"

// Place is where one cluster lives: a folder, and the names, ports and addresses that are derived from its path so that
// two checkouts on one machine do not meet.
type Place struct {
	Dir string // absolute, without symbolic links
	ID  string // six hexadecimal digits
	sum [sha256.Size]byte
}

// NewPlace derives everything from dir, which need not exist yet.
func NewPlace(dir string) Place {
	sum := sha256.Sum256([]byte(dir))
	return Place{Dir: dir, ID: hex.EncodeToString(sum[:3]), sum: sum}
}

// FindPlace is the folder named by DAYFLY_CLUSTER_DIR, else .cluster at the root of the repository around the working
// directory.
func FindPlace() (Place, error) {
	dir := os.Getenv(envDir)
	if dir == "" {
		root, err := findRoot()
		if err != nil {
			return Place{}, err
		}
		dir = filepath.Join(root, ".cluster")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Place{}, fmt.Errorf("folder of the cluster: %w", err)
	}
	// The parent is resolved, not the folder itself: that may not exist.
	parent, err := filepath.EvalSymlinks(filepath.Dir(dir))
	if err != nil {
		return Place{}, fmt.Errorf("folder of the cluster: %w: create its parent or choose another with %s", err, envDir)
	}
	return NewPlace(filepath.Join(parent, filepath.Base(dir))), nil
}

// findRoot walks up to the folder that holds this program's sources.
func findRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("working directory: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, sourceFolder, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("no repository around the working directory: run from within it, or set " + envDir)
		}
		dir = up
	}
}

// sourceFolder is where this program's sources lie below the repository's root.
const sourceFolder = "testdata/cluster"

// Bin is the path of a built binary.
func (p Place) Bin(name string) string { return filepath.Join(p.Dir, "bin", name) }

// Run is a path below the state of the running cluster, which goes away as a whole when the cluster does.
func (p Place) Run(elem ...string) string {
	return filepath.Join(append([]string{p.Dir, "run"}, elem...)...)
}

// Log is the path of a component's log.
func (p Place) Log(component string) string { return p.Run("log", component+".log") }

// KubeConfig is the path that tests use as KUBECONFIG.
func (p Place) KubeConfig() string { return p.Run("kubeconfig") }

// LinkName is the host's end of the link to the node. Linux allows 15 bytes.
func (p Place) LinkName() string { return "df-" + p.ID }

// CgroupName is the cgroup below which all pods live.
func (p Place) CgroupName() string { return "dayfly-" + p.ID }

// Port offsets within the ten ports that belong to a place.
const (
	portAPI = iota
	portEtcd
	portEtcdPeer
	portNixery
	portNowhere // nothing ever listens here: the context "nowhere" points to it
)

// Port is a port of 127.0.0.1. All are below 32768, where Linux begins to hand out ports of its own accord.
func (p Place) Port(offset int) int {
	return 21000 + (int(p.sum[3])<<8|int(p.sum[4]))%1000*10 + offset
}

// Link is the network between host and node: four addresses, of which .1 is the host's and .2 the node's.
func (p Place) Link() netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 213, p.sum[5], p.sum[6] &^ 3}), 30)
}

// HostAddr is the host's address on the link.
func (p Place) HostAddr() netip.Addr { return p.Link().Addr().Next() }

// NodeAddr is the node's address on the link.
func (p Place) NodeAddr() netip.Addr { return p.HostAddr().Next() }

// RegistryAddr is where the image registry listens: only the node and this host reach it.
func (p Place) RegistryAddr() string { return netip.AddrPortFrom(p.HostAddr(), 5000).String() }

// RegistryURL is the same as a URL. Tests read it in run/registry.
func (p Place) RegistryURL() string { return "http://" + p.RegistryAddr() }

// APIURL is the API server as seen from the host.
func (p Place) APIURL() string { return fmt.Sprintf("https://127.0.0.1:%d", p.Port(portAPI)) }

// NodeAPIURL is the API server as seen from the node, through the support daemon.
func (p Place) NodeAPIURL() string {
	return fmt.Sprintf("https://%s:%d", p.HostAddr(), p.Port(portAPI))
}

// Addresses that are the same for every place, since they are visible inside the node only.
const (
	nodeName     = "node-1"
	podCIDR      = "10.244.0.0/24"
	serviceCIDR  = "10.96.0.0/16"
	apiServiceIP = "10.96.0.1"
)
