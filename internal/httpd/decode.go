package httpd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"pulse/internal/fault"
)

// strictJSON is the one decoder for every body. encoding/json takes "IS_ADMIN"
// for is_admin, lets the last of two equal names win and ignores what follows
// the document; none of that is let in here. Names must match exactly and once,
// text must be whole UTF-8 without U+0000 (which PostgreSQL cannot store).
var strictJSON = huma.Format{
	Marshal:   huma.DefaultJSONFormat.Marshal,
	Unmarshal: unmarshalStrict,
}

func unmarshalStrict(data []byte, v any) error {
	if err := json.Unmarshal(data, v, json.RejectUnknownMembers(true)); err != nil {
		return plainJSONError(err)
	}
	return refuseNUL(data)
}

// plainJSONError says what is wrong with a document in words of its writer, not
// of our types.
func plainJSONError(err error) error {
	if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		if errors.Is(err, jsontext.ErrDuplicateName) {
			return fmt.Errorf("has the field %q twice", syntactic.JSONPointer.LastToken())
		}
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("is not JSON: it ends too early, after %d bytes", syntactic.ByteOffset)
		}
		return fmt.Errorf("is not JSON: %w at byte %d", syntactic.Err, syntactic.ByteOffset)
	}
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		at := strings.ReplaceAll(strings.TrimPrefix(string(semantic.JSONPointer), "/"), "/", ".")
		if errors.Is(err, json.ErrUnknownName) {
			return fmt.Errorf("has an unknown field %q", at)
		}
		if at == "" {
			at = "the document"
		}
		return fmt.Errorf("has a wrong type of value at %s", at)
	}
	return errors.New("cannot be read as JSON")
}

// refuseNUL looks for U+0000 in strings. JSON can write it only as an escape,
// so nearly every document is passed by one search.
func refuseNUL(data []byte) error {
	if !bytes.Contains(data, []byte(`\u0000`)) {
		return nil
	}
	d := jsontext.NewDecoder(bytes.NewReader(data))
	for {
		token, err := d.ReadToken()
		if err != nil {
			return nil //nolint:nilerr // the end: the document has been decoded once already
		}
		if token.Kind() == '"' && strings.ContainsRune(token.String(), 0) {
			return fmt.Errorf("has the character U+0000 at %s, which cannot be stored", d.StackPointer())
		}
	}
}

// Decode reads and checks a document that came inside another one, by the same
// rules as a body. T is a struct; location names the document in faults
// ("body.input").
func Decode[T any](data []byte, location string) (T, error) {
	var v T
	var parsed any
	if err := unmarshalStrict(data, &parsed); err != nil {
		return v, fault.BadField(location, err.Error())
	}
	registry := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	schema := registry.Schema(reflect.TypeFor[T](), true, "")
	path := huma.NewPathBuffer([]byte{}, 0)
	path.Push(location)
	var found huma.ValidateResult
	huma.Validate(registry, schema, path, huma.ModeWriteToServer, parsed, &found)
	if len(found.Errors) > 0 {
		return v, invalid(found.Errors)
	}
	if err := unmarshalStrict(data, &v); err != nil {
		return v, fault.BadField(location, err.Error())
	}
	return v, nil
}
