-- The pictures of jobs. They are files like others.

-- The job's owner says whose they are.
-- name: FilesOfJob :many
SELECT id, name, content_type, size, width, height, position, origin, created_at FROM files
WHERE job_id = $1 AND job_id <> '' AND user_id = $2
ORDER BY position;

-- Those that no message has go with the job; a message keeps its own.
-- name: DeleteFilesOfJob :many
DELETE FROM files
WHERE files.job_id = $1 AND files.job_id <> '' AND files.user_id = $2
  AND NOT EXISTS (SELECT 1 FROM message_files a WHERE a.file_id = files.id)
RETURNING id, blob_key, thumbnail_key;

-- What is needed to send a picture along.
-- name: PictureToSend :one
SELECT id, name, content_type, kind, size, width, height, blob_key FROM files WHERE id = $1 AND user_id = $2;
