-- What people have uploaded. The messages that have a file are the chat's; here
-- they are asked only whether there are any.

-- name: InsertFile :exec
INSERT INTO files (id, user_id, name, content_type, kind, size, sha256, blob_key, width, height, pages, characters, text, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- Without the text, which may be long.
-- name: GetFile :one
SELECT name, content_type, kind, size, sha256, blob_key FROM files WHERE id = $1 AND user_id = $2;

-- name: LooseFiles :one
SELECT COUNT(*) AS files, CAST(COALESCE(SUM(f.size), 0) AS BIGINT) AS bytes FROM files f
WHERE f.user_id = $1 AND NOT EXISTS (SELECT 1 FROM message_files a WHERE a.file_id = f.id);

-- name: DeleteLooseFile :execrows
DELETE FROM files
WHERE files.id = $1 AND files.user_id = $2 AND NOT EXISTS (SELECT 1 FROM message_files a WHERE a.file_id = files.id);

-- A walk over all files in the order of their ids, a batch at a time.
-- name: OldFiles :many
SELECT f.id, f.user_id, f.blob_key,
    CAST(CASE WHEN EXISTS (SELECT 1 FROM message_files a WHERE a.file_id = f.id) THEN 1 ELSE 0 END AS BIGINT) AS attached
FROM files f
WHERE f.id > $1 AND f.created_at < $2
ORDER BY f.id
LIMIT $3;

-- name: CountFilesOfBlob :one
SELECT COUNT(*) FROM files WHERE blob_key = $1;

-- Without the text, which may be long.
-- name: ListFiles :many
SELECT id, name, content_type, kind, size, sha256, blob_key, width, height, pages, characters, created_at FROM files
WHERE user_id = $1 AND id > sqlc.arg(after_id)
ORDER BY id
LIMIT sqlc.arg(row_limit);

-- name: PurgeFile :execrows
DELETE FROM files WHERE id = $1 AND user_id = $2;
