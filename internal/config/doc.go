// Package config is everything that an operator can set: one table of settings
// (table.go), from which a Config is read and the help, docs/configuration.md
// and .env.example are written.
//
// The environment comes first, then a file. A Config is handed down from cmd;
// nothing else in Pulse reads the environment.
package config
