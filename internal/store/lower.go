package store

import (
	"database/sql/driver"
	"strings"

	"modernc.org/sqlite"
)

// SQLite's own LOWER knows A to Z and nothing else; a search for "über" must
// find "Über" as it does on PostgreSQL.
func init() { //nolint:gochecknoinits // the driver knows functions by the process, not by the connection
	sqlite.MustRegisterDeterministicScalarFunction("lower", 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		if text, ok := args[0].(string); ok {
			return strings.ToLower(text), nil
		}
		return args[0], nil // NULL
	})
}
