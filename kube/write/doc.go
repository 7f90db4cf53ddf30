// Package write sends what changes a cluster: once, although answers may be lost, and to the object that is meant and no other of its name.
package write
