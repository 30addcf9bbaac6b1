-- People, the ways they are signed in, and what this installation made up once.

-- name: InsertUser :exec
INSERT INTO users (
    id, email, email_key, full_name, password_hash, is_active, is_admin, plan, anchor_at, created_at, updated_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: GetUser :one
SELECT * FROM users WHERE id = $1;

-- name: GetUserByEmailKey :one
SELECT * FROM users WHERE email_key = $1;

-- name: ListUsers :many
SELECT * FROM users WHERE id > $1 ORDER BY id LIMIT $2;

-- name: CountActiveAdmins :one
SELECT COUNT(*) FROM users WHERE is_admin AND is_active;

-- name: SetUserName :one
UPDATE users SET full_name = $1, updated_at = $2 WHERE id = $3 RETURNING *;

-- name: SetUserAdmin :one
UPDATE users SET is_admin = $1, updated_at = $2 WHERE id = $3 RETURNING *;

-- name: SetUserPlan :one
UPDATE users SET plan = $1, updated_at = $2 WHERE id = $3 RETURNING *;

-- name: SetUserActive :one
UPDATE users SET is_active = $1, updated_at = $2 WHERE id = $3 RETURNING *;

-- name: SetUserPassword :one
UPDATE users SET password_hash = $1, updated_at = $2 WHERE id = $3 RETURNING *;

-- Held until the transaction ends, the row keeps whoever deactivates the person
-- or changes the password waiting, so that the new session is among those that
-- they delete.
-- name: ConfirmSignIn :execrows
UPDATE users SET updated_at = updated_at
WHERE id = $1 AND password_hash = $2 AND is_active;

-- name: InsertSession :exec
INSERT INTO sessions (id, user_id, kind, token_hash, user_agent, address, created_at, last_used_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- Who a secret belongs to: asked on every request, answered from two unique
-- indexes. Whoever was deactivated is nobody from that moment on. SQLite looks
-- into a bare parameter when it plans a join, and so plans anew on every call;
-- behind a CAST it cannot, and the call takes a third of the time.
-- name: GetSession :one
SELECT s.id AS session_id, s.created_at, s.last_used_at, s.expires_at,
       u.id AS user_id, u.email, u.is_admin, u.plan, u.anchor_at
FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.token_hash = CAST(sqlc.arg(token_hash) AS TEXT) AND s.expires_at > sqlc.arg(now) AND u.is_active;

-- Of many requests of a session at the same moment, one writes.
-- name: TouchSession :execrows
UPDATE sessions SET last_used_at = sqlc.arg(now), expires_at = sqlc.arg(expires_at)
WHERE id = sqlc.arg(id) AND user_id = sqlc.arg(user_id) AND last_used_at = sqlc.arg(seen);

-- name: DeleteSession :execrows
DELETE FROM sessions WHERE id = $1 AND user_id = $2;

-- name: DeleteSessionByHash :one
DELETE FROM sessions WHERE token_hash = $1 RETURNING id, user_id;

-- name: DeleteSessionsOfUser :execrows
DELETE FROM sessions WHERE user_id = $1;

-- name: DeleteExpiredSessionsOfUser :execrows
DELETE FROM sessions WHERE user_id = $1 AND expires_at <= sqlc.arg(now);

-- Of many who keep the same name at the same moment, one does; the others wait
-- for its transaction and then see its value.
-- name: KeepValue :execrows
INSERT INTO instance_values (name, value, created_at) VALUES ($1, $2, $3)
ON CONFLICT (name) DO NOTHING;

-- name: GetValue :one
SELECT value FROM instance_values WHERE name = $1;

-- Makes transactions that lock the same name run one after the other.
-- name: LockValue :execrows
UPDATE instance_values SET value = value WHERE name = $1;
