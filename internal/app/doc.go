// Package app puts Pulse together: it opens the database and the adapters,
// builds the rooms, mounts their routes and starts the work. It decides
// nothing; what it is told stands in the configuration.
package app
