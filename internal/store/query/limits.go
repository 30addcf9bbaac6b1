package query

import "context"

// What sqlc cannot make: steps of rate limits, which are kept on PostgreSQL
// only. Times are its own, in microseconds since 1970.

// StepParams name a key, and say how soon there is another step and how far
// ahead the time may be when all are there.
type StepParams struct {
	Key            string
	Interval, Room int64
}

const (
	stepTime = `CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)`

	// One statement, so that of many at the same moment each sees the one before.
	// A key without a step stays as it is, and gives no row. excluded is the row
	// of a new key: one interval from now.
	takeStep = `WITH this AS (SELECT ` + stepTime + ` AS moment)
INSERT INTO rate_limits AS l (key, free_at)
SELECT CAST($1 AS TEXT), this.moment + CAST($2 AS BIGINT) FROM this
ON CONFLICT (key) DO UPDATE SET free_at = GREATEST(l.free_at + CAST($2 AS BIGINT), excluded.free_at)
WHERE l.free_at + 2 * CAST($2 AS BIGINT) <= excluded.free_at + CAST($3 AS BIGINT)
RETURNING free_at - (SELECT moment FROM this)`

	lookAtSteps = `SELECT free_at - ` + stepTime + ` FROM rate_limits WHERE key = $1`

	giveStepBack = `UPDATE rate_limits SET free_at = free_at - $2 WHERE key = $1`

	forgetSteps = `DELETE FROM rate_limits WHERE key = $1`

	// Who takes a step of a key at this moment keeps it.
	sweepSteps = `DELETE FROM rate_limits WHERE key IN (
    SELECT key FROM rate_limits WHERE free_at <= ` + stepTime + ` LIMIT $1 FOR UPDATE SKIP LOCKED
)`
)

// TakeStep takes a step and gives how long it is until all are there again;
// sql.ErrNoRows when there is none.
func (q *Queries) TakeStep(ctx context.Context, p StepParams) (full int64, err error) {
	err = q.db.QueryRowContext(ctx, takeStep, p.Key, p.Interval, p.Room).Scan(&full)
	return full, err //nolint:wrapcheck // as the generated ones
}

// LookAtSteps gives how long it is until all are there again.
func (q *Queries) LookAtSteps(ctx context.Context, key string) (full int64, err error) {
	err = q.db.QueryRowContext(ctx, lookAtSteps, key).Scan(&full)
	return full, err //nolint:wrapcheck // as the generated ones
}

// GiveStepBack undoes one step.
func (q *Queries) GiveStepBack(ctx context.Context, key string, interval int64) error {
	_, err := q.db.ExecContext(ctx, giveStepBack, key, interval)
	return err
}

// ForgetSteps undoes all of a key's.
func (q *Queries) ForgetSteps(ctx context.Context, key string) error {
	_, err := q.db.ExecContext(ctx, forgetSteps, key)
	return err
}

// SweepSteps deletes some keys that have all their steps, and says how many.
func (q *Queries) SweepSteps(ctx context.Context, batch int) (int64, error) {
	res, err := q.db.ExecContext(ctx, sweepSteps, batch)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected() //nolint:wrapcheck // as the generated ones
}
