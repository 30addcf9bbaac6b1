-- People, the ways they are signed in, and what this installation made up once.

-- name: InsertUser :exec
INSERT INTO users (
    id, email, email_key, full_name, password_hash, is_active, is_admin, plan, anchor_at, created_at, updated_at, is_verified
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- name: GetUser :one
SELECT * FROM users WHERE id = $1;

-- name: GetUserByEmailKey :one
SELECT * FROM users WHERE email_key = $1;

-- name: ListUsers :many
SELECT * FROM users WHERE id > $1 AND deleted_at = 0 ORDER BY id LIMIT $2;

-- name: CountActiveAdmins :one
SELECT COUNT(*) FROM users WHERE is_admin AND is_active;

-- Whether the last administrator leaves anybody behind.
-- name: SomebodyElse :one
SELECT CAST(COALESCE(MAX(id), '') AS TEXT) AS id FROM users WHERE is_active AND id <> $1;

-- Nobody who was deleted in this moment gets a name again.
-- name: SetUserName :one
UPDATE users SET full_name = $1, updated_at = $2 WHERE id = $3 AND is_active RETURNING *;

-- name: SetUserAdmin :one
UPDATE users SET is_admin = $1, updated_at = $2 WHERE id = $3 RETURNING *;

-- name: SetUserPlan :one
UPDATE users SET plan = $1, updated_at = $2 WHERE id = $3 RETURNING *;

-- name: SetUserActive :one
UPDATE users SET is_active = $1, updated_at = $2 WHERE id = $3 RETURNING *;

-- name: SetUserPassword :one
UPDATE users SET password_hash = $1, updated_at = $2 WHERE id = $3 RETURNING *;

-- Held until the transaction ends, the row lets what is done by links run one
-- after the other.
-- name: LockUser :one
UPDATE users SET updated_at = updated_at WHERE id = $1 AND is_active RETURNING *;

-- Of whoever has no picture yet.
-- name: SetUserPicture :execrows
UPDATE users SET picture_url = $1, updated_at = $2 WHERE id = $3 AND is_active AND picture_url = '';

-- name: SetUserVerified :one
UPDATE users SET is_verified = TRUE, updated_at = $1 WHERE id = $2 RETURNING *;

-- name: SetUserEmail :one
UPDATE users SET email = $1, email_key = $2, is_verified = $3, updated_at = $4 WHERE id = $5 AND is_active RETURNING *;

-- Asked in a transaction after it has written something of the person's: the
-- reference to their row then keeps whoever deletes them waiting until it ends,
-- so that either it sees that they are gone, or who deletes them finds what it wrote.
-- name: StillActive :one
SELECT is_active FROM users WHERE id = $1;

-- What tells who a person was goes; the row stays for the books. As the e-mail is
-- unique, PostgreSQL locks the row against references to it: see StillActive.
-- name: EraseUser :execrows
UPDATE users
SET email = '', email_key = 'deleted ' || id, full_name = '', picture_url = '', password_hash = '',
    is_active = FALSE, is_verified = FALSE, is_admin = FALSE, deleted_at = $1, updated_at = $1
WHERE id = $2 AND deleted_at = 0;

-- name: UsersToPurge :many
SELECT id FROM users WHERE deleted_at > 0 AND purged_at = 0 ORDER BY deleted_at LIMIT $1;

-- name: MarkPurged :execrows
UPDATE users SET purged_at = $1 WHERE id = $2 AND deleted_at > 0 AND purged_at = 0;

-- Held until the transaction ends, the row keeps whoever deactivates the person
-- or changes the password waiting, so that the new session is among those that
-- they delete.
-- name: ConfirmSignIn :execrows
UPDATE users SET updated_at = updated_at
WHERE id = $1 AND password_hash = $2 AND is_active;

-- name: InsertSession :exec
INSERT INTO sessions (id, user_id, kind, token_hash, user_agent, address, created_at, last_used_at, expires_at, confirmed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- Who a secret belongs to: asked on every request, answered from two unique
-- indexes. Whoever was deactivated is nobody from that moment on. SQLite looks
-- into a bare parameter when it plans a join, and so plans anew on every call;
-- behind a CAST it cannot, and the call takes a third of the time.
-- name: GetSession :one
SELECT s.id AS session_id, s.created_at, s.last_used_at, s.expires_at, s.confirmed_at,
       u.id AS user_id, u.email, u.is_admin, u.plan, u.anchor_at
FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.token_hash = CAST(sqlc.arg(token_hash) AS TEXT) AND s.expires_at > sqlc.arg(now) AND u.is_active;

-- Of many requests of a session at the same moment, one writes.
-- name: TouchSession :execrows
UPDATE sessions SET last_used_at = sqlc.arg(now), expires_at = sqlc.arg(expires_at)
WHERE id = sqlc.arg(id) AND user_id = sqlc.arg(user_id) AND last_used_at = sqlc.arg(seen);

-- The newest ones of a person stay.
-- name: TrimSessions :execrows
DELETE FROM sessions WHERE sessions.user_id = $1 AND sessions.id NOT IN (
    SELECT s.id FROM sessions s WHERE s.user_id = $1 ORDER BY s.id DESC LIMIT $2
);

-- name: DeleteFlowsOfUser :execrows
DELETE FROM sign_in_flows WHERE user_id = $1 AND user_id <> '';

-- name: ConfirmSession :execrows
UPDATE sessions SET confirmed_at = $1 WHERE id = $2 AND user_id = $3;

-- As LockUser, for a session.
-- name: HoldSession :execrows
UPDATE sessions SET last_used_at = last_used_at WHERE id = $1 AND user_id = $2 AND expires_at > sqlc.arg(now);

-- name: ListSessions :many
SELECT id, kind, user_agent, address, created_at, last_used_at, expires_at FROM sessions
WHERE user_id = $1 AND expires_at > sqlc.arg(now)
ORDER BY last_used_at DESC, id DESC;

-- name: DeleteOtherSessions :many
DELETE FROM sessions WHERE user_id = $1 AND id <> $2 RETURNING id;

-- name: DeleteSession :execrows
DELETE FROM sessions WHERE id = $1 AND user_id = $2;

-- name: DeleteSessionByHash :one
DELETE FROM sessions WHERE token_hash = $1 RETURNING id, user_id;

-- name: DeleteSessionsOfUser :execrows
DELETE FROM sessions WHERE user_id = $1;

-- name: DeleteExpiredSessionsOfUser :execrows
DELETE FROM sessions WHERE user_id = $1 AND expires_at <= sqlc.arg(now);

-- As GetSession, for the secret of an API key.
-- name: GetKey :one
SELECT k.id AS key_id, k.scopes, k.last_used_at, u.id AS user_id, u.email, u.plan, u.anchor_at
FROM api_keys k JOIN users u ON u.id = k.user_id
WHERE k.token_hash = CAST(sqlc.arg(token_hash) AS TEXT) AND (k.expires_at = 0 OR k.expires_at > sqlc.arg(now)) AND u.is_active;

-- name: TouchKey :execrows
UPDATE api_keys SET last_used_at = sqlc.arg(now)
WHERE id = sqlc.arg(id) AND user_id = sqlc.arg(user_id) AND last_used_at = sqlc.arg(seen);

-- name: InsertKey :exec
INSERT INTO api_keys (id, user_id, name, token_hash, hint, scopes, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: CountKeys :one
SELECT COUNT(*) FROM api_keys WHERE user_id = $1;

-- name: ListKeys :many
SELECT id, name, hint, scopes, created_at, last_used_at, expires_at FROM api_keys WHERE user_id = $1 ORDER BY id DESC;

-- name: DeleteKey :execrows
DELETE FROM api_keys WHERE id = $1 AND user_id = $2;

-- name: DeleteKeysOfUser :execrows
DELETE FROM api_keys WHERE user_id = $1;

-- name: InsertFlow :exec
INSERT INTO sign_in_flows (token_hash, state_hash, nonce, verifier, purpose, user_id, session_id, return_to, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- A flow is taken once: whoever comes second finds none.
-- name: TakeFlow :one
DELETE FROM sign_in_flows WHERE token_hash = $1 RETURNING *;

-- name: SweepFlows :execrows
DELETE FROM sign_in_flows WHERE expires_at <= sqlc.arg(now);

-- name: GetUserByIdentity :one
SELECT u.* FROM identities i JOIN users u ON u.id = i.user_id WHERE i.issuer = $1 AND i.subject = $2;

-- name: InsertIdentity :exec
INSERT INTO identities (id, user_id, issuer, subject, email, created_at, last_used_at)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: TouchIdentity :execrows
UPDATE identities SET email = $1, last_used_at = $2 WHERE issuer = $3 AND subject = $4 AND user_id = $5;

-- name: ListIdentities :many
SELECT id, issuer, email, created_at, last_used_at FROM identities WHERE user_id = $1 ORDER BY id;

-- name: DeleteIdentity :execrows
DELETE FROM identities WHERE id = $1 AND user_id = $2;

-- name: DeleteIdentitiesOfUser :execrows
DELETE FROM identities WHERE user_id = $1;

-- name: InsertEmailToken :exec
INSERT INTO email_tokens (token_hash, user_id, purpose, email, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6);

-- name: GetEmailToken :one
SELECT * FROM email_tokens WHERE token_hash = $1 AND purpose = $2 AND expires_at > sqlc.arg(now);

-- name: TakeEmailToken :one
DELETE FROM email_tokens WHERE token_hash = $1 AND purpose = $2 AND expires_at > sqlc.arg(now) RETURNING *;

-- name: DeleteEmailTokens :execrows
DELETE FROM email_tokens WHERE user_id = $1 AND purpose = $2;

-- name: DeleteEmailTokensOfUser :execrows
DELETE FROM email_tokens WHERE user_id = $1;

-- name: SweepEmailTokens :execrows
DELETE FROM email_tokens WHERE expires_at <= sqlc.arg(now);

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
