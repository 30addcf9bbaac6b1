// Package job is the one pipeline under every feature.
//
// A room hands Submit the job and the rows that belong to it; all of it is
// committed together with the hold on quota. The job runs under a lease with a
// fence, says what it has to say as events, and ends in one transaction:
// result, settlement, the room's rows and the last events, or nothing.
//
// Whoever may see a job is decided by the actor in every query: somebody
// else's job is not found.
package job
