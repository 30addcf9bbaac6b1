package httpd

import "pulse/internal/fault"

// WrongParam says what of a request of OpenAI's API cannot be, in a whole sentence.
func WrongParam(param, format string, args ...any) *fault.Error {
	f := fault.Newf(fault.Invalid, format, args...)
	f.Fields = []fault.Field{{Location: param}}
	return f
}

// UnsupportedParam is WrongParam for what OpenAI does and Pulse does not.
func UnsupportedParam(param, format string, args ...any) *fault.Error {
	f := WrongParam(param, format, args...)
	f.Type = "unsupported_parameter"
	return f
}
