package main

import (
	"encoding/binary"
	"encoding/json"
	"iter"

	corev1 "k8s.io/api/core/v1"
)

// message is an encoded protobuf message, of which etcd's need numbers and bytes only.
// See https://protobuf.dev/programming-guides/encoding/.
type message []byte

const (
	wireNumber = 0
	wireBytes  = 2
)

// number adds a field.
func (m message) number(field int, value uint64) message {
	return binary.AppendUvarint(binary.AppendUvarint(m, uint64(field<<3|wireNumber)), value)
}

// bytes adds a field that is bytes, text or a message.
func (m message) bytes(field int, value []byte) message {
	m = binary.AppendUvarint(m, uint64(field<<3|wireBytes))
	return append(binary.AppendUvarint(m, uint64(len(value))), value...)
}

// fields goes through all fields: a number, or the bytes. It ends at what it cannot read.
func (m message) fields(yield func(field int, number uint64, bytes message) bool) {
	for len(m) > 0 {
		tag, n := binary.Uvarint(m)
		number, size := binary.Uvarint(m[max(n, 0):])
		if n <= 0 || size <= 0 {
			return
		}
		m = m[n+size:]
		var bytes message
		switch tag & 7 {
		case wireNumber:
		case wireBytes:
			if number > uint64(len(m)) {
				return
			}
			bytes, m = m[:number], m[number:]
		default:
			return
		}
		if !yield(int(tag>>3), number, bytes) {
			return
		}
	}
}

// all are the messages of one field.
func (m message) all(field int) iter.Seq[message] {
	return func(yield func(message) bool) {
		m.fields(func(f int, _ uint64, bytes message) bool { return f != field || yield(bytes) })
	}
}

// numberOf is a field's number, or 0.
func (m message) numberOf(field int) (value uint64) {
	m.fields(func(f int, number uint64, _ message) bool {
		if f == field {
			value = number
		}
		return f != field
	})
	return value
}

// inStorage is a pod as the API server has it in etcd: protobuf, in an envelope that says what it is (runtime.Unknown). It would
// read JSON too, but one pod after the other and in ten times the time, also for each that is deleted.
func inStorage(pod map[string]any) ([]byte, error) {
	text, err := json.Marshal(pod)
	if err != nil {
		return nil, err
	}
	var typed corev1.Pod
	if err := json.Unmarshal(text, &typed); err != nil {
		return nil, err
	}
	raw, err := typed.Marshal()
	if err != nil {
		return nil, err
	}
	kind := message{}.bytes(1, []byte("v1")).bytes(2, []byte("Pod"))
	return message("k8s\x00").bytes(1, kind).bytes(2, raw).bytes(3, nil).bytes(4, nil), nil
}
