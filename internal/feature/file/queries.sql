-- What people have uploaded, and what jobs have made for them. The messages that
-- have a file are the chat's; here they are asked only whether there are any.

-- One that is there was stored, and the answer was lost on the way.
-- name: InsertFile :exec
INSERT INTO files (id, user_id, name, content_type, kind, size, sha256, blob_key, width, height, pages, characters, text, job_id, position, origin, thumbnail_key, thumbnail_type, thumbnail_size, thumbnail_sha256, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
ON CONFLICT (id) DO NOTHING;

-- Without the text, which may be long.
-- name: GetFile :one
SELECT name, content_type, kind, size, sha256, blob_key, width, height, pages, characters, job_id, position, origin,
    thumbnail_key, thumbnail_type, thumbnail_size, thumbnail_sha256, created_at
FROM files WHERE id = $1 AND user_id = $2;

-- What a signed link leads to, which says whose it is by what it was signed for.
-- A person who is not active has no links.
-- name: GetLinkedFile :one
SELECT f.user_id, f.name, f.content_type, f.kind, f.size, f.sha256, f.blob_key
FROM files f JOIN users u ON u.id = f.user_id
WHERE f.id = $1 AND u.is_active;

-- name: SetThumbnail :execrows
UPDATE files SET thumbnail_key = $1, thumbnail_type = $2, thumbnail_size = $3, thumbnail_sha256 = $4
WHERE id = $5 AND user_id = $6;

-- name: LooseFiles :one
SELECT COUNT(*) AS files, CAST(COALESCE(SUM(f.size), 0) AS BIGINT) AS bytes FROM files f
WHERE f.user_id = $1 AND f.job_id = '' AND NOT EXISTS (SELECT 1 FROM message_files a WHERE a.file_id = f.id)
    AND NOT EXISTS (SELECT 1 FROM job_files w WHERE w.file_id = f.id);

-- name: DeleteLooseFile :execrows
DELETE FROM files
WHERE files.id = $1 AND files.user_id = $2 AND NOT EXISTS (SELECT 1 FROM message_files a WHERE a.file_id = files.id);

-- A walk over all files in the order of their ids, a batch at a time. A file is
-- kept for its messages, for the jobs that it went along with, and for the job that
-- made it if that is not a chat's: what was made in a conversation goes with it.
-- name: OldFiles :many
SELECT f.id, f.user_id, f.blob_key, f.thumbnail_key,
    CAST(CASE WHEN EXISTS (SELECT 1 FROM message_files a WHERE a.file_id = f.id)
        OR EXISTS (SELECT 1 FROM job_files w WHERE w.file_id = f.id)
        OR EXISTS (SELECT 1 FROM jobs j WHERE j.id = f.job_id AND j.type <> 'chat') THEN 1 ELSE 0 END AS BIGINT) AS attached
FROM files f
WHERE f.id > $1 AND f.created_at < $2
ORDER BY f.id
LIMIT $3;

-- name: CountFilesOfBlob :one
SELECT COUNT(*) FROM files WHERE blob_key = $1;

-- name: CountFilesOfThumbnail :one
SELECT COUNT(*) FROM files WHERE thumbnail_key = $1 AND thumbnail_key <> '';

-- Without the text, which may be long.
-- name: ListFiles :many
SELECT id, name, content_type, kind, size, sha256, blob_key, width, height, pages, characters, job_id, position, origin, thumbnail_key, created_at FROM files
WHERE user_id = $1 AND id > sqlc.arg(after_id)
ORDER BY id
LIMIT sqlc.arg(row_limit);

-- The newest first. Without the text, too.
-- name: PageOfFiles :many
SELECT id, name, content_type, kind, size, width, height, pages, characters, job_id, origin, created_at FROM files
WHERE user_id = sqlc.arg(user_id)
  AND (CAST(sqlc.arg(kind) AS TEXT) = '' OR kind = sqlc.arg(kind))
  AND (CAST(sqlc.arg(before_id) AS TEXT) = '' OR id < sqlc.arg(before_id))
ORDER BY id DESC
LIMIT sqlc.arg(row_limit);

-- name: PurgeFile :execrows
DELETE FROM files WHERE id = $1 AND user_id = $2;

-- name: GetSigningKey :one
SELECT secret FROM signing_keys WHERE purpose = $1;

-- name: AddSigningKey :exec
INSERT INTO signing_keys (purpose, secret, created_at) VALUES ($1, $2, $3) ON CONFLICT (purpose) DO NOTHING;
