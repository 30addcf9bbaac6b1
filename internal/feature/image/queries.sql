-- The pictures of jobs. They are files like others.

-- The job's owner says whose they are.
-- name: FilesOfJob :many
SELECT id, name, content_type, size, width, height, position, origin, blob_key, created_at FROM files
WHERE job_id = $1 AND job_id <> '' AND user_id = $2
ORDER BY position;

-- The files of a page of jobs, whose ids are a stretch; there may be those of other
-- jobs between.
-- name: FilesOfJobs :many
SELECT job_id, id, name, content_type, size, width, height, position, origin, created_at FROM files
WHERE user_id = $1 AND job_id >= sqlc.arg(first_job) AND job_id <= sqlc.arg(last_job) AND job_id <> ''
ORDER BY job_id, position;

-- name: AddJobFile :exec
INSERT INTO job_files (job_id, file_id, user_id) VALUES ($1, $2, $3);

-- Those that no message has go with the job; a message keeps its own.
-- name: DeleteFilesOfJob :many
DELETE FROM files
WHERE files.job_id = $1 AND files.job_id <> '' AND files.user_id = $2
  AND NOT EXISTS (SELECT 1 FROM message_files a WHERE a.file_id = files.id)
RETURNING id, blob_key, thumbnail_key;

-- What is needed to send a picture along.
-- name: PictureToSend :one
SELECT id, name, content_type, kind, size, width, height, blob_key FROM files WHERE id = $1 AND user_id = $2;
