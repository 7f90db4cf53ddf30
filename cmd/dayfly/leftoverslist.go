package main

import (
	"fmt"
	"io"

	"github.com/dayfly-k8s/dayfly/cmd/dayfly/leftoverreport"
	"github.com/dayfly-k8s/dayfly/kube"
	"github.com/dayfly-k8s/dayfly/kube/inventory"
)

// print prints a list that is sorted. Whole: nothing is missing.
func (o *leftoversOptions) print(stdout, stderr io.Writer, found []inventory.Item, cluster *kube.Cluster, whole bool) error {
	if o.output == "json" {
		all := []leftoverreport.Leftover{}
		for _, i := range found {
			all = append(all, leftoverreport.Of(i))
		}
		return writeJSON(stdout, all)
	}
	if len(found) > 0 {
		return leftoverreport.Table{Namespaces: o.what.all, Wide: o.output == "wide", Now: cluster.Now()}.Print(stdout, found)
	}
	if whole {
		_, err := fmt.Fprintf(stderr, "No leftovers of debugging %s.\n", o.place(cluster))
		return err
	}
	return nil
}

// place is where was looked, in words.
func (o *leftoversOptions) place(cluster *kube.Cluster) string {
	if o.what.all {
		return "in any namespace"
	}
	return "in namespace " + kube.Sanitize(cluster.Namespace)
}
