// Package usage is the ledger: plans, meters, holds, and what was really used.
//
// Before a job runs, Reserve sets quota aside with one conditional UPDATE; when
// it ends, Settle books what was used, drops the rest of the hold and appends
// the usage event that the receipt is read from. Both run inside the
// transaction that changes the job's state, so that no crash separates them,
// and a hold can be taken only once.
//
// Money is in integer nano-dollars everywhere.
package usage
