package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Etcd is a client for the cluster's own etcd, which listens on 127.0.0.1 and trusts whoever comes. Pods by the ten thousand are
// written behind the API server's back, since a pod costs that 4.5 ms of a processor: admission, validation and managed fields,
// and all again for its status. Its cache, and with it each watch, sees what is written here as it sees its own writes.
//
// The two requests that this takes are not worth linking etcd's client. They are gRPC by hand: a POST over HTTP/2 with a message
// behind five bytes, and the outcome in a trailer. Etcd's JSON gateway takes three times the processor.
type Etcd struct {
	server string
	client *http.Client
}

// OpenEtcd needs nothing of etcd yet.
func (p Place) OpenEtcd() *Etcd {
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	return &Etcd{server: fmt.Sprintf("http://127.0.0.1:%d", p.Port(portEtcd)), client: &http.Client{
		Timeout: 60 * time.Second, Transport: &http.Transport{Protocols: &protocols},
	}}
}

// put is a key to write, or to delete when there is no value.
type put struct{ key, value []byte }

const (
	writers = 4   // at once; more would only queue
	atOnce  = 100 // puts in one request: etcd takes 128, and 1.5 MB
)

// Keys are all that begin with a prefix.
func (e *Etcd) Keys(ctx context.Context, prefix string) ([]string, error) {
	end := []byte(prefix)
	end[len(end)-1]++
	answer, err := e.call(ctx, "Range", message{}.bytes(1, []byte(prefix)).bytes(2, end).number(8, 1)) // 8: keys only
	var keys []string
	for kv := range answer.all(2) {
		for key := range kv.all(1) {
			keys = append(keys, string(key))
		}
	}
	return keys, err
}

// Write does n puts in any order, made when their turn comes so that they are not all in memory. Only the last one comes after all
// others and alone: who has seen the revision that it tells, which is that pod's resource version, has seen them all.
func (e *Etcd) Write(ctx context.Context, n int, at func(int) (put, error)) (revision uint64, err error) {
	if n == 0 {
		return 0, nil
	}
	most := n - 1
	err = everyOne((most+atOnce-1)/atOnce, writers, func(i int) error {
		_, err := e.write(ctx, i*atOnce, min(most, (i+1)*atOnce), at)
		return err
	})
	if err != nil {
		return 0, err
	}
	return e.write(ctx, most, n, at)
}

// write does the puts from one number to before another in a transaction, which gives them a revision in common.
func (e *Etcd) write(ctx context.Context, from, to int, at func(int) (put, error)) (revision uint64, err error) {
	var txn message
	for i := from; i < to; i++ {
		p, err := at(i)
		if err != nil {
			return 0, err
		}
		txn = txn.bytes(2, p.operation()) // 2: when all conditions hold, and there is none
	}
	answer, err := e.call(ctx, "Txn", txn)
	for header := range answer.all(1) {
		revision = header.numberOf(3)
	}
	return revision, err
}

// operation is one of a transaction.
func (p put) operation() message {
	if p.value == nil {
		return message{}.bytes(3, message{}.bytes(1, p.key))
	}
	return message{}.bytes(2, message{}.bytes(1, p.key).bytes(2, p.value))
}

// call is a unary gRPC call of etcd's service for keys.
func (e *Etcd) call(ctx context.Context, method string, question message) (message, error) {
	answer, err := e.exchange(ctx, "/etcdserverpb.KV/"+method, question)
	if err != nil {
		return nil, fmt.Errorf("etcd %s: %w", method, err)
	}
	return answer, nil
}

const frameHead = 5 // a zero for: not compressed, and four bytes of length

func (e *Etcd) exchange(ctx context.Context, path string, question message) (message, error) {
	body := append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(question))), question...)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, e.server+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header = http.Header{"Content-Type": {"application/grpc"}, "Te": {"trailers"}}
	response, err := e.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	for _, header := range []http.Header{response.Header, response.Trailer} {
		if code := header.Get("Grpc-Status"); code != "" && code != "0" {
			return nil, fmt.Errorf("it says %s: %s", code, header.Get("Grpc-Message"))
		}
	}
	if response.StatusCode != http.StatusOK || len(answer) < frameHead {
		return nil, errors.New("its answer is not gRPC: " + response.Status)
	}
	return answer[frameHead:], nil
}
