// Package jobs is the room in which people see and steer their jobs of every
// kind: list, follow, cancel, try again, delete, read the receipt. What a kind
// of job does is its own room's matter.
//
// A job is its owner's alone; to everybody else it does not exist.
package jobs
