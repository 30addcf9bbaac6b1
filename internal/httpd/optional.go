package httpd

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// Optional is a parameter of a query whose absence means something else than
// its zero value does.
type Optional[T any] struct {
	Value T
	Given bool
}

// Schema tells OpenAPI that it is a plain T.
func (Optional[T]) Schema(r huma.Registry) *huma.Schema {
	return huma.SchemaFromType(r, reflect.TypeFor[T]())
}

// Receiver gives huma the place for what was parsed.
func (o *Optional[T]) Receiver() reflect.Value { return reflect.ValueOf(o).Elem().Field(0) }

// OnParamSet hears from huma whether the parameter was there.
func (o *Optional[T]) OnParamSet(given bool, _ any) { o.Given = given }
