-- Conversations are trees of messages; every statement carries the user.

-- name: InsertConversation :exec
INSERT INTO conversations (id, user_id, title, title_key, model, settings, head_id, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: GetConversation :one
SELECT * FROM conversations WHERE id = $1 AND user_id = $2;

-- name: ListConversations :many
SELECT * FROM conversations
WHERE user_id = sqlc.arg(user_id)
  AND (CAST(sqlc.arg(before_at) AS BIGINT) = 0 OR (updated_at, id) < (sqlc.arg(before_at), CAST(sqlc.arg(before_id) AS TEXT)))
  AND NOT (pinned AND CAST(sqlc.arg(without_pinned) AS BOOLEAN))
ORDER BY updated_at DESC, id DESC
LIMIT sqlc.arg(row_limit);

-- name: ListPinnedConversations :many
SELECT * FROM conversations
WHERE user_id = sqlc.arg(user_id) AND pinned
  AND (CAST(sqlc.arg(before_at) AS BIGINT) = 0 OR (updated_at, id) < (sqlc.arg(before_at), CAST(sqlc.arg(before_id) AS TEXT)))
ORDER BY updated_at DESC, id DESC
LIMIT sqlc.arg(row_limit);

-- name: RenameConversation :execrows
UPDATE conversations SET title = $1, title_key = $2, title_by = 'person' WHERE id = $3 AND user_id = $4;

-- name: PinConversation :execrows
UPDATE conversations SET pinned = $1 WHERE id = $2 AND user_id = $3;

-- name: SetTitle :execrows
UPDATE conversations SET title = $1, title_key = $2, title_by = 'model' WHERE id = $3 AND user_id = $4 AND title_by = 'question';

-- name: MoveHead :execrows
UPDATE conversations SET head_id = $1 WHERE id = $2 AND user_id = $3;

-- name: ContinueConversation :execrows
UPDATE conversations SET head_id = $1, model = $2, settings = $3, updated_at = $4
WHERE id = $5 AND user_id = $6;

-- name: DeleteConversation :execrows
DELETE FROM conversations WHERE id = $1 AND user_id = $2;

-- name: InsertMessage :exec
INSERT INTO messages (id, user_id, conversation_id, parent_id, role, content, model, provider, job_id, status, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: ListMessages :many
SELECT * FROM messages WHERE user_id = $1 AND conversation_id = $2 ORDER BY id;

-- CROSS JOIN keeps SQLite from going through all usage of the person first.
-- name: UsageOfConversation :many
SELECT e.job_id,
    CAST(SUM(e.cost_nanos) AS BIGINT) AS cost_nanos,
    CAST(SUM(e.input_tokens) AS BIGINT) AS input_tokens,
    CAST(SUM(e.cache_read_tokens) AS BIGINT) AS cache_read_tokens,
    CAST(SUM(e.cache_write_tokens + e.cache_write_1h_tokens) AS BIGINT) AS cache_write_tokens,
    CAST(SUM(e.output_tokens) AS BIGINT) AS output_tokens,
    CAST(SUM(e.reasoning_tokens) AS BIGINT) AS reasoning_tokens,
    CAST(MAX(CASE WHEN e.estimated THEN 1 ELSE 0 END) AS BIGINT) AS estimated
FROM messages m CROSS JOIN usage_events e
WHERE e.user_id = m.user_id AND e.job_id = m.job_id AND m.user_id = $1 AND m.conversation_id = $2
GROUP BY e.job_id;

-- name: GetMessage :one
SELECT * FROM messages WHERE id = $1 AND user_id = $2 AND conversation_id = $3;

-- name: GetAnswerByJob :one
SELECT * FROM messages WHERE id = $1 AND user_id = $2 AND job_id = $3;

-- name: FinishMessage :execrows
UPDATE messages
SET content = $1, reasoning = $2, status = $3, finish_reason = $4, error = $5
WHERE id = $6 AND user_id = $7;

-- name: RunningJobsOfConversation :many
SELECT id FROM jobs
WHERE subject_id = $1 AND subject_id <> '' AND user_id = $2 AND type = 'chat' AND status IN ('pending', 'processing');

-- name: GetAttachable :one
SELECT * FROM files WHERE id = $1 AND user_id = $2;

-- name: AttachFile :exec
INSERT INTO message_files (message_id, file_id, user_id, conversation_id, position)
VALUES ($1, $2, $3, $4, $5);

-- The picture of an answer, unless it was deleted between its making and now.
-- name: AttachMade :exec
INSERT INTO message_files (message_id, file_id, user_id, conversation_id, position)
SELECT CAST(sqlc.arg(message_id) AS TEXT), f.id, f.user_id, CAST(sqlc.arg(conversation_id) AS TEXT), CAST(sqlc.arg(position) AS BIGINT)
FROM files f WHERE f.id = sqlc.arg(id) AND f.user_id = sqlc.arg(user_id);

-- Without the text, which may be long.
-- name: ListAttached :many
SELECT a.message_id, f.id, f.name, f.content_type, f.kind, f.size, f.width, f.height, f.pages, f.characters, f.origin
FROM message_files a JOIN files f ON f.id = a.file_id AND f.user_id = a.user_id
WHERE a.user_id = $1 AND a.conversation_id = $2
ORDER BY a.message_id, a.position;

-- By their ids: those change places that are gone on with meanwhile.
-- name: ConversationsAfter :many
SELECT id FROM conversations
WHERE user_id = $1 AND id > sqlc.arg(after_id)
ORDER BY id
LIMIT sqlc.arg(row_limit);

-- A batch of what is left of a deleted person; the messages, which files they
-- have, and their words for searches go with it.
-- name: PurgeConversations :execrows
DELETE FROM conversations WHERE conversations.user_id = $1 AND conversations.id IN (
    SELECT c.id FROM conversations c WHERE c.user_id = $1 ORDER BY c.id LIMIT sqlc.arg(row_limit)
);
