// Package images makes the images of the cluster from programs of this machine, and serves them as the registry that the node pulls from. To add
// one, add it to [Catalogue].
package images
