// Package archtest is the law of the house as a test: which folder may import
// which, who owns a vendor's SDK, and that no query reads a person's rows
// without that person's id.
//
// It reads the source itself. A `go list` in a subprocess would be invisible to
// the test cache, and a broken law would stay green until something else
// changed.
package archtest
