// Package leftovers is what debugging sessions leave in a cluster: how it is marked, what ends it by itself, and how it is taken away, or kept.
package leftovers
