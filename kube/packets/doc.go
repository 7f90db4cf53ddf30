// Package packets reads captured packets, says in words what they are, and writes them to a file. It is pure: bytes in, facts out.
//
//	r, err := packets.NewReader(stream)    // what tcpdump -w - prints
//	p, err := r.Next()                     // one packet after the other
//	facts := packets.Decode(r.Link(), p)   // what is in it
//	a := packets.NewAnalysis(limits)       // what is in all of them: talkers, DNS, requests
//	w := packets.NewWriter(file)           // pcapng, which Wireshark reads
//
// What comes is hostile: packets are written by anybody, and the stream by a program in somebody else's container. Nothing of it makes any
// of this panic, or keep more than its limits, and all texts are cleaned.
package packets
