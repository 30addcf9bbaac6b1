-- Who people are elsewhere, their API keys, what is sent to them by e-mail, and
-- how often each client may ask. There never was a version 4.

-- +goose Up
-- When the person last showed who they are in this session; what cannot be
-- undone wants that to be a moment ago.
ALTER TABLE sessions ADD COLUMN confirmed_at BIGINT NOT NULL DEFAULT 0;

-- A deleted person's row stays without anything that tells who they were, for
-- the books. What was theirs goes soon after; then purged_at is set.
ALTER TABLE users ADD COLUMN deleted_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN purged_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX users_to_purge ON users (deleted_at) WHERE deleted_at > 0 AND purged_at = 0;

-- Who a person is for an OpenID Connect issuer. The e-mail is only shown: it
-- changes, and finds nobody.
CREATE TABLE identities (
    id           TEXT PRIMARY KEY,
    user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    issuer       TEXT NOT NULL,
    subject      TEXT NOT NULL,
    email        TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    UNIQUE (issuer, subject)
);
CREATE INDEX identities_by_user ON identities (user_id, id);

-- A browser's way to the issuer and back, once.
CREATE TABLE sign_in_flows (
    token_hash TEXT PRIMARY KEY,           -- of the secret in the browser's cookie
    state_hash TEXT NOT NULL,
    nonce      TEXT NOT NULL,
    verifier   TEXT NOT NULL,              -- PKCE
    purpose    TEXT NOT NULL,              -- 'sign_in', 'link' or 'confirm'
    user_id    TEXT NOT NULL DEFAULT '',   -- who links or confirms
    session_id TEXT NOT NULL DEFAULT '',   -- in which session
    return_to  TEXT NOT NULL,              -- a path of ours
    expires_at BIGINT NOT NULL
);
CREATE INDEX sign_in_flows_by_expiry ON sign_in_flows (expires_at);
CREATE INDEX sign_in_flows_by_user ON sign_in_flows (user_id) WHERE user_id <> '';

CREATE TABLE api_keys (
    id           TEXT PRIMARY KEY,
    user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name         TEXT NOT NULL,
    token_hash   TEXT NOT NULL UNIQUE,     -- SHA-256, hex, of the secret
    hint         TEXT NOT NULL,            -- its last characters
    scopes       TEXT NOT NULL,            -- words with spaces between
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL DEFAULT 0,
    expires_at   BIGINT NOT NULL DEFAULT 0 -- 0: never
);
CREATE INDEX api_keys_by_user ON api_keys (user_id, id);

-- What a link in an e-mail carries. It proves who reads that address.
CREATE TABLE email_tokens (
    token_hash TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose    TEXT NOT NULL,              -- 'reset', 'verify' or 'change'
    email      TEXT NOT NULL,              -- where it was sent to, as it was written, or '' for one that the operator gave
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX email_tokens_by_user ON email_tokens (user_id, purpose);
CREATE INDEX email_tokens_by_expiry ON email_tokens (expires_at);

-- One row a client and limit, not worth keeping through a crash.
CREATE TABLE rate_limits (
    key     TEXT PRIMARY KEY,
    free_at BIGINT NOT NULL                -- microseconds since 1970: when all steps are there again
);

-- +goose Down
SELECT 1 FROM restore_a_backup_instead;
