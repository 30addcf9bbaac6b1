-- The life of a job. Statements that a runner uses after its claim carry the
-- fence, so that a runner that lost its lease changes nothing.

-- name: InsertJob :exec
INSERT INTO jobs (
    id, user_id, type, status, provider, model, subject_id, input, run_at,
    lease_owner, lease_until, fence, attempt, idempotency_key, request_hash, created_at, started_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17);

-- name: GetJob :one
SELECT * FROM jobs WHERE id = $1 AND user_id = $2;

-- name: GetJobByIdempotencyKey :one
SELECT * FROM jobs WHERE user_id = $1 AND idempotency_key = $2 AND idempotency_key <> '';

-- What a job took is the sum over its meters; a job has few.
-- name: UsageOfJob :one
SELECT CAST(COALESCE(SUM(cost_nanos), 0) AS BIGINT) AS cost_nanos,
    CAST(COALESCE(SUM(input_tokens), 0) AS BIGINT) AS input_tokens,
    CAST(COALESCE(SUM(cache_read_tokens), 0) AS BIGINT) AS cache_read_tokens,
    CAST(COALESCE(SUM(cache_write_tokens + cache_write_1h_tokens), 0) AS BIGINT) AS cache_write_tokens,
    CAST(COALESCE(SUM(output_tokens), 0) AS BIGINT) AS output_tokens,
    CAST(COALESCE(SUM(reasoning_tokens), 0) AS BIGINT) AS reasoning_tokens,
    CAST(COALESCE(MAX(CASE WHEN estimated THEN 1 ELSE 0 END), 0) AS BIGINT) AS estimated,
    CAST(COUNT(id) AS BIGINT) AS events
FROM usage_events
WHERE user_id = $1 AND job_id = $2;

-- name: ListJobsWithUsage :many
SELECT sqlc.embed(j),
    CAST(COALESCE(SUM(e.cost_nanos), 0) AS BIGINT) AS cost_nanos,
    CAST(COALESCE(SUM(e.input_tokens), 0) AS BIGINT) AS input_tokens,
    CAST(COALESCE(SUM(e.cache_read_tokens), 0) AS BIGINT) AS cache_read_tokens,
    CAST(COALESCE(SUM(e.cache_write_tokens + e.cache_write_1h_tokens), 0) AS BIGINT) AS cache_write_tokens,
    CAST(COALESCE(SUM(e.output_tokens), 0) AS BIGINT) AS output_tokens,
    CAST(COALESCE(SUM(e.reasoning_tokens), 0) AS BIGINT) AS reasoning_tokens,
    CAST(COALESCE(MAX(CASE WHEN e.estimated THEN 1 ELSE 0 END), 0) AS BIGINT) AS estimated,
    CAST(COUNT(e.id) AS BIGINT) AS events
FROM jobs j LEFT JOIN usage_events e ON e.job_id = j.id AND e.user_id = j.user_id
WHERE j.user_id = sqlc.arg(user_id)
  AND (CAST(sqlc.arg(type) AS TEXT) = '' OR j.type = sqlc.arg(type))
  AND (CAST(sqlc.arg(status) AS TEXT) = '' OR j.status = sqlc.arg(status))
  AND (CAST(sqlc.arg(before_id) AS TEXT) = '' OR j.id < sqlc.arg(before_id))
GROUP BY j.id
ORDER BY j.id DESC
LIMIT sqlc.arg(row_limit);

-- name: DueJobs :many
SELECT id FROM jobs WHERE status = 'pending' AND run_at <= $1 ORDER BY run_at, id LIMIT $2;

-- name: ExpiredJobs :many
SELECT id FROM jobs WHERE status = 'processing' AND lease_until < $1 ORDER BY lease_until LIMIT $2;

-- name: ClaimJob :one
UPDATE jobs
SET status = 'processing', lease_owner = sqlc.arg(owner), lease_until = sqlc.arg(lease_until),
    fence = fence + 1, attempt = attempt + 1,
    started_at = CASE WHEN started_at = 0 THEN sqlc.arg(now) ELSE started_at END
WHERE id = sqlc.arg(id)
  AND ((status = 'pending' AND run_at <= sqlc.arg(now)) OR (status = 'processing' AND lease_until < sqlc.arg(now)))
RETURNING *;

-- name: RenewLeases :many
UPDATE jobs SET lease_until = $1
WHERE lease_owner = $2 AND status = 'processing'
RETURNING id, user_id, fence, cancel_asked;

-- name: HandOverJob :execrows
UPDATE jobs SET status = 'pending', run_at = $1, lease_owner = '', lease_until = 0
WHERE id = $2 AND user_id = $3 AND fence = $4 AND status = 'processing';

-- name: FinishJob :execrows
UPDATE jobs
SET status = $1, result = $2, error = $3, progress = $4, model = $5, finished_at = $6, lease_owner = '', lease_until = 0
WHERE id = $7 AND user_id = $8 AND fence = $9 AND status = 'processing';

-- name: KeepJob :execrows
UPDATE jobs SET progress = $1
WHERE id = $2 AND user_id = $3 AND fence = $4 AND status = 'processing';

-- name: AskCancel :one
UPDATE jobs SET cancel_asked = TRUE
WHERE id = $1 AND user_id = $2 AND status IN ('pending', 'processing')
RETURNING *;

-- name: AskCancelOfAll :execrows
UPDATE jobs SET cancel_asked = TRUE
WHERE user_id = $1 AND status IN ('pending', 'processing') AND NOT cancel_asked;

-- name: DeleteJob :one
DELETE FROM jobs
WHERE id = $1 AND user_id = $2 AND status IN ('completed', 'failed', 'cancelled')
RETURNING *;

-- A job that was deleted meanwhile (with its account), or taken over, must not
-- fail the batch; nor must rows whose first writing was committed although its
-- answer was lost on the way.
-- name: InsertJobEvent :exec
INSERT INTO job_events (job_id, user_id, last, first, kind, data)
SELECT j.id, j.user_id, CAST(sqlc.arg(last) AS BIGINT), CAST(sqlc.arg(first) AS BIGINT), CAST(sqlc.arg(kind) AS TEXT), CAST(sqlc.arg(data) AS TEXT)
FROM jobs j WHERE j.id = sqlc.arg(job_id) AND j.user_id = sqlc.arg(user_id) AND j.fence = sqlc.arg(fence)
ON CONFLICT (job_id, last) DO NOTHING;

-- name: JobEventsAfter :many
SELECT last, first, kind, data FROM job_events
WHERE job_id = $1 AND user_id = $2 AND last > $3
ORDER BY last
LIMIT $4;

-- What an earlier attempt said, when the job ends without another one.
-- name: JobTextOfAttempt :many
SELECT last, first, data FROM job_events
WHERE job_id = $1 AND user_id = $2 AND kind = $3 AND first >= $4 AND last <= $5
ORDER BY last;

-- name: LastJobEvent :one
SELECT CAST(COALESCE(MAX(last), 0) AS BIGINT) AS last FROM job_events
WHERE job_id = $1 AND user_id = $2;

-- Looks at the jobs that ended since an earlier sweep only: what ended long
-- ago has no events any more.
-- name: SweepJobEvents :execrows
DELETE FROM job_events WHERE job_id IN (
    SELECT j.id FROM jobs j
    WHERE j.finished_at > 0 AND j.finished_at > sqlc.arg(since) AND j.finished_at < sqlc.arg(before)
      AND EXISTS (SELECT 1 FROM job_events e WHERE e.job_id = j.id)
    ORDER BY j.finished_at LIMIT sqlc.arg(row_limit)
);

-- name: CountUnfinishedJobs :one
SELECT COUNT(*) FROM jobs WHERE user_id = $1 AND status IN ('pending', 'processing');

-- A batch of what is left of a deleted person; the events go with it.
-- name: PurgeJobs :execrows
DELETE FROM jobs WHERE jobs.user_id = $1 AND jobs.id IN (
    SELECT j.id FROM jobs j
    WHERE j.user_id = $1 AND j.status IN ('completed', 'failed', 'cancelled')
    ORDER BY j.id LIMIT sqlc.arg(row_limit)
);
