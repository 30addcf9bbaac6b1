// Package providertest is the one suite that every adapter passes, over the
// wire against its vendor's stand-in: what Pulse relies on whoever answers.
package providertest
