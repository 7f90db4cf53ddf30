package session

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/synctest"
)

// All of the input has passed when the attach that counts has read its end, and not when one that was given up has.
func TestInputHasPassed(t *testing.T) {
	q := newKeyQueue()
	q.push([]byte("data"))
	q.end()
	lost := q.open()
	if err := lost.Close(); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 10)
	if n, err := lost.Read(b); n != 0 || !errors.Is(err, io.EOF) || q.passed() {
		t.Errorf("an attach that is over reads %q, %v; all has passed: %v", b[:n], err, q.passed())
	}
	next := q.open()
	n, err := next.Read(b)
	if string(b[:n]) != "data" || err != nil || q.passed() {
		t.Errorf("the next reads %q, %v; all has passed: %v", b[:n], err, q.passed())
	}
	if n, err := next.Read(b); n != 0 || !errors.Is(err, io.EOF) || !q.passed() {
		t.Errorf("and then %q, %v; all has passed: %v", b[:n], err, q.passed())
	}
}

// Who types more than a program reads waits for it, but not for a program that nobody will read for any more: dayfly could not be left.
func TestFullQueueIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newKeyQueue()
		q.push(bytes.Repeat([]byte("x"), maxKeysAhead))
		pushed := make(chan struct{})
		go func() {
			defer close(pushed)
			q.push([]byte("y"))
		}()
		synctest.Wait()
		if isClosed(pushed) {
			t.Fatal("there was room for more")
		}
		q.close()
		synctest.Wait()
		if !isClosed(pushed) {
			t.Error("it still waits")
		}
	})
}

// Of an input that ends with nothing in it nothing can be lost, whether or not an attach has read its end.
func TestNoInputHasPassed(t *testing.T) {
	q := newKeyQueue()
	if q.passed() {
		t.Error("what may still come has passed")
	}
	q.push(nil)
	q.end()
	if !q.passed() {
		t.Error("nothing has not passed")
	}
}
