package main

import (
	"encoding/json"

	corev1 "k8s.io/api/core/v1"
)

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
