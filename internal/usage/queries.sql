-- The ledger's statements. A counter's used + reserved passes the cap in no
-- interleaving, because the check and the change are one statement.

-- name: OpenCounter :exec
INSERT INTO quota_counters (user_id, meter, period_start, period_end)
VALUES ($1, $2, $3, $4)
ON CONFLICT (user_id, meter, period_start) DO NOTHING;

-- name: ReserveQuota :execrows
UPDATE quota_counters
SET reserved = reserved + sqlc.arg(amount)
WHERE user_id = sqlc.arg(user_id) AND meter = sqlc.arg(meter) AND period_start = sqlc.arg(period_start)
  AND used + reserved + sqlc.arg(amount) <= sqlc.arg(cap);

-- Reads a counter and keeps it as it is until the transaction ends: a change
-- that changes nothing locks the row, on PostgreSQL too.
-- name: LockCounter :one
UPDATE quota_counters SET reserved = reserved
WHERE user_id = $1 AND meter = $2 AND period_start = $3
RETURNING *;

-- name: InsertHold :exec
INSERT INTO quota_holds (job_id, meter, user_id, period_start, amount, created_at)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: TakeHolds :many
DELETE FROM quota_holds
WHERE job_id = $1 AND user_id = $2
RETURNING meter, amount, period_start;

-- name: SettleCounter :execrows
UPDATE quota_counters
SET used = used + sqlc.arg(used), reserved = reserved - sqlc.arg(held)
WHERE user_id = sqlc.arg(user_id) AND meter = sqlc.arg(meter) AND period_start = sqlc.arg(period_start);

-- name: InsertUsageEvent :exec
INSERT INTO usage_events (
    id, user_id, job_id, meter, period_start, quantity, provider, model,
    input_tokens, cache_read_tokens, cache_write_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens,
    cost_nanos, receipt, estimated, raw_usage, created_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19);

-- name: GetCounter :one
SELECT * FROM quota_counters
WHERE user_id = $1 AND meter = $2 AND period_start = $3;

-- name: ListCounters :many
SELECT * FROM quota_counters
WHERE user_id = $1 AND period_start = $2;

-- name: ListHolds :many
SELECT meter, amount FROM quota_holds
WHERE job_id = $1 AND user_id = $2;

-- name: ListUsageEventsByJob :many
SELECT * FROM usage_events
WHERE user_id = $1 AND job_id = $2
ORDER BY meter;

-- name: ListUsageEvents :many
SELECT * FROM usage_events
WHERE user_id = $1 AND id > sqlc.arg(after_id)
ORDER BY id
LIMIT sqlc.arg(row_limit);

-- name: ListPeriods :many
SELECT * FROM quota_counters
WHERE user_id = $1
ORDER BY period_start, meter;

-- name: PurgeHolds :execrows
DELETE FROM quota_holds WHERE user_id = $1;

-- name: PurgeCounters :execrows
DELETE FROM quota_counters WHERE user_id = $1;

-- The books stay, without what was written by vendors in their own words.
-- name: PurgeRawUsage :execrows
UPDATE usage_events SET raw_usage = ''
WHERE user_id = $1 AND id > sqlc.arg(after_id) AND id <= sqlc.arg(last_id) AND raw_usage <> '';
