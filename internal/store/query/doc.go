// Package query is what sqlc makes of every room's queries.sql: one set of
// statements for SQLite and PostgreSQL. `make generate` writes all of it but
// this comment.
package query
