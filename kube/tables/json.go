package tables

import (
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/dayfly-k8s/dayfly/kube"
)

// EachMember calls read for each name of an object, to read its value; anything but an object is passed over.
func EachMember(d *jsontext.Decoder, read func(name string) error) error {
	if d.PeekKind() != '{' {
		return d.SkipValue()
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != '}' {
		name, err := Text(d)
		if err != nil {
			return err
		}
		if err := read(name); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// EachElement calls read for each element of an array, to read it; anything but an array is passed over.
func EachElement(d *jsontext.Decoder, read func() error) error {
	if d.PeekKind() != '[' {
		return d.SkipValue()
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != ']' {
		if err := read(); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// Text reads a string; of anything else it is empty.
func Text(d *jsontext.Decoder) (string, error) {
	value, err := d.ReadValue()
	if err != nil || value.Kind() != '"' {
		return "", err
	}
	return unquoted(value), nil
}

func unquoted(value jsontext.Value) string {
	s, err := jsontext.AppendUnquote(nil, value)
	if err != nil {
		return ""
	}
	return string(s)
}

// Decoder is one that takes what API servers write, but no value longer than boundValue: names are not checked for being unique, nor text for being UTF-8.
func Decoder(r io.Reader) *jsontext.Decoder {
	bounded := &valueReader{from: r}
	bounded.decoder = jsontext.NewDecoder(bounded, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	return bounded.decoder
}

// valueReader is what a decoder reads from. It ends where a single value would be longer than is kept of one.
type valueReader struct {
	from    io.Reader
	decoder *jsontext.Decoder
	read    int64
}

func (v *valueReader) Read(p []byte) (int, error) {
	if v.decoder != nil && v.read-v.decoder.InputOffset() > kube.BoundValue {
		return 0, kube.TooLong("a value", kube.BoundValue)
	}
	n, err := v.from.Read(p)
	v.read += int64(n)
	return n, err
}
