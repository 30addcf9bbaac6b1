-- One schema for SQLite and PostgreSQL: TEXT ids (UUIDv7, sort by time),
-- BIGINT for unix milliseconds and amounts, JSON as TEXT, '' and 0 for "none".

-- +goose Up
CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    email         TEXT NOT NULL,          -- as the person wrote it
    email_key     TEXT NOT NULL UNIQUE,   -- folded, for look-ups
    full_name     TEXT NOT NULL,
    picture_url   TEXT NOT NULL DEFAULT '',
    password_hash TEXT NOT NULL DEFAULT '', -- '' for those who only sign in elsewhere
    is_active     BOOLEAN NOT NULL DEFAULT TRUE,
    is_verified   BOOLEAN NOT NULL DEFAULT FALSE,
    is_admin      BOOLEAN NOT NULL DEFAULT FALSE,
    plan          TEXT NOT NULL,
    anchor_at     BIGINT NOT NULL,        -- where the quota periods start from
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL
);

-- Browser sessions and the sessions behind JWTs. Deleting a row ends it at once.
CREATE TABLE sessions (
    id           TEXT PRIMARY KEY,
    user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind         TEXT NOT NULL,           -- 'browser' or 'token'
    token_hash   TEXT NOT NULL UNIQUE,    -- SHA-256, hex, of the secret
    user_agent   TEXT NOT NULL DEFAULT '',
    address      TEXT NOT NULL DEFAULT '',
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id, id);

-- Values that every replica must share and that nobody typed in (the JWT key).
CREATE TABLE instance_values (
    name       TEXT PRIMARY KEY,
    value      TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE conversations (
    id         TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    title      TEXT NOT NULL,
    title_key  TEXT NOT NULL,             -- folded, for searches
    model      TEXT NOT NULL,             -- the last model used
    settings   TEXT NOT NULL DEFAULT '{}', -- system prompt, temperature, …
    head_id    TEXT NOT NULL DEFAULT '',  -- the leaf of the branch that is shown
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX conversations_by_user ON conversations (user_id, updated_at, id);

CREATE TABLE messages (
    id              TEXT PRIMARY KEY,
    user_id         TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    parent_id       TEXT NOT NULL DEFAULT '', -- '' for the first
    role            TEXT NOT NULL,            -- 'user' or 'assistant'
    content         TEXT NOT NULL DEFAULT '',
    reasoning       TEXT NOT NULL DEFAULT '',
    model           TEXT NOT NULL DEFAULT '', -- answers only, from here on
    provider        TEXT NOT NULL DEFAULT '',
    job_id          TEXT NOT NULL DEFAULT '',
    status          TEXT NOT NULL,            -- as the job's; 'completed' for questions
    finish_reason   TEXT NOT NULL DEFAULT '',
    error           TEXT NOT NULL DEFAULT '', -- problem document as JSON
    created_at      BIGINT NOT NULL
);
CREATE INDEX messages_by_conversation ON messages (user_id, conversation_id, id);

-- The job's row is also its place in the queue: run_at, lease and fence.
CREATE TABLE jobs (
    id              TEXT PRIMARY KEY,
    user_id         TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    type            TEXT NOT NULL,
    status          TEXT NOT NULL,            -- pending processing completed failed cancelled
    provider        TEXT NOT NULL DEFAULT '',
    model           TEXT NOT NULL DEFAULT '',
    subject_id      TEXT NOT NULL DEFAULT '', -- what the job works on, e.g. the conversation
    input           TEXT NOT NULL,            -- JSON, the room's
    state           TEXT NOT NULL DEFAULT '{}', -- JSON, what a step leaves for the next
    result          TEXT NOT NULL DEFAULT '{}', -- JSON, the room's
    error           TEXT NOT NULL DEFAULT '', -- problem document as JSON
    progress        BIGINT NOT NULL DEFAULT 0, -- percent
    run_at          BIGINT NOT NULL,          -- not before
    lease_owner     TEXT NOT NULL DEFAULT '', -- the process that runs it
    lease_until     BIGINT NOT NULL DEFAULT 0,
    fence           BIGINT NOT NULL DEFAULT 0, -- one more for each claim; a stale runner's fence fails
    attempt         BIGINT NOT NULL DEFAULT 0,
    cancel_asked    BOOLEAN NOT NULL DEFAULT FALSE,
    idempotency_key TEXT NOT NULL DEFAULT '',
    request_hash    TEXT NOT NULL DEFAULT '', -- of the request that the key came with
    created_at      BIGINT NOT NULL,
    started_at      BIGINT NOT NULL DEFAULT 0,
    finished_at     BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX jobs_by_user ON jobs (user_id, id);
CREATE INDEX jobs_due ON jobs (run_at, id) WHERE status = 'pending';
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE status = 'processing';
CREATE INDEX jobs_owned ON jobs (lease_owner) WHERE status = 'processing';
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at > 0;
CREATE INDEX jobs_by_subject ON jobs (user_id, subject_id) WHERE subject_id <> '';
CREATE UNIQUE INDEX jobs_by_idempotency ON jobs (user_id, idempotency_key) WHERE idempotency_key <> '';

-- What a job said, in the order it said it. Positions count up over all
-- attempts of a job: fence * 2^32 + offset. Text is kept in runs, not in
-- tokens; a reader may go on from any position inside a run.
CREATE TABLE job_events (
    job_id  TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    last    BIGINT NOT NULL,  -- the position after this event
    first   BIGINT NOT NULL,  -- the position before it; last - first = bytes of text, or 1
    kind    TEXT NOT NULL,    -- start delta reasoning progress restart done error
    data    TEXT NOT NULL,    -- the text itself, or JSON
    PRIMARY KEY (job_id, last)
);

-- One counter a person, meter and period. used + reserved never passes the cap.
CREATE TABLE quota_counters (
    user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    meter        TEXT NOT NULL,
    period_start BIGINT NOT NULL,
    period_end   BIGINT NOT NULL,
    used         BIGINT NOT NULL DEFAULT 0,
    reserved     BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, meter, period_start)
);

-- What a running job may still use. It goes when the job ends, in the same transaction.
CREATE TABLE quota_holds (
    user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    job_id       TEXT NOT NULL,
    meter        TEXT NOT NULL,
    period_start BIGINT NOT NULL,
    amount       BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (user_id, job_id, meter)
);

-- What was really used, once per job and meter, never changed afterwards.
-- It outlives the job: no foreign key.
CREATE TABLE usage_events (
    id           TEXT PRIMARY KEY,
    user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    job_id       TEXT NOT NULL,
    meter        TEXT NOT NULL,
    period_start BIGINT NOT NULL,
    quantity     BIGINT NOT NULL,      -- in the meter's unit
    provider     TEXT NOT NULL,
    model        TEXT NOT NULL,
    -- tokens by class; zero for meters that are not tokens
    input_tokens          BIGINT NOT NULL DEFAULT 0,
    cache_read_tokens     BIGINT NOT NULL DEFAULT 0,
    cache_write_tokens    BIGINT NOT NULL DEFAULT 0,
    cache_write_1h_tokens BIGINT NOT NULL DEFAULT 0,
    output_tokens         BIGINT NOT NULL DEFAULT 0,
    reasoning_tokens      BIGINT NOT NULL DEFAULT 0,
    cost_nanos   BIGINT NOT NULL,      -- nano-dollars; the sum of the receipt's lines
    receipt      TEXT NOT NULL,        -- JSON: lines of quantity × dated price
    estimated    BOOLEAN NOT NULL,     -- the vendor did not say, we counted
    raw_usage    TEXT NOT NULL DEFAULT '', -- the vendor's own figures
    created_at   BIGINT NOT NULL,
    UNIQUE (user_id, job_id, meter)
);
CREATE INDEX usage_events_by_user ON usage_events (user_id, id);

-- +goose Down
-- Pulse does not go back. The table does not exist, so this fails on both
-- databases (a division by zero is NULL on SQLite, and no error).
SELECT 1 FROM restore_a_backup_instead;
