-- Pictures that Pulse makes are files like those that people upload.

-- +goose Up
ALTER TABLE files ADD COLUMN job_id TEXT NOT NULL DEFAULT '';     -- that made it; '' for uploads
ALTER TABLE files ADD COLUMN position BIGINT NOT NULL DEFAULT 0;  -- among the files of its job, from 0
ALTER TABLE files ADD COLUMN origin TEXT NOT NULL DEFAULT '';     -- JSON: how it was made; '' for uploads
-- The small picture that lists show. It is made once, when it is first asked for
-- or with the file.
ALTER TABLE files ADD COLUMN thumbnail_key TEXT NOT NULL DEFAULT ''; -- of its blob; '' while there is none
ALTER TABLE files ADD COLUMN thumbnail_type TEXT NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN thumbnail_size BIGINT NOT NULL DEFAULT 0;
ALTER TABLE files ADD COLUMN thumbnail_sha256 TEXT NOT NULL DEFAULT '';
-- A job that is run again makes no file twice.
CREATE UNIQUE INDEX files_by_job ON files (job_id, position) WHERE job_id <> '';
CREATE INDEX files_made ON files (user_id, job_id, position) WHERE job_id <> '';
CREATE INDEX files_by_thumbnail ON files (thumbnail_key) WHERE thumbnail_key <> '';
CREATE INDEX jobs_by_type ON jobs (user_id, type, id);

-- The files that go along with a job. They are kept as long as it is, so that it
-- can be done again.
CREATE TABLE job_files (
    job_id  TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, -- its row comes last
    file_id TEXT NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (job_id, file_id)
);
CREATE INDEX job_files_by_file ON job_files (file_id);
CREATE INDEX job_files_by_user ON job_files (user_id);

-- What all processes of an installation sign with. Each is made when it is first
-- needed, and stays.
CREATE TABLE signing_keys (
    purpose    TEXT PRIMARY KEY,
    secret     TEXT NOT NULL, -- 32 random bytes, base64
    created_at BIGINT NOT NULL
);

-- +goose Down
SELECT 1 FROM restore_a_backup_instead;
