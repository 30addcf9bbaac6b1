-- Pins, titles by a model, and files attached to messages.

-- +goose Up
ALTER TABLE conversations ADD COLUMN pinned BOOLEAN NOT NULL DEFAULT FALSE;
-- Who gave the title: 'question' (its first line), 'model' or 'person'.
ALTER TABLE conversations ADD COLUMN title_by TEXT NOT NULL DEFAULT 'question';
CREATE INDEX conversations_pinned ON conversations (user_id, updated_at, id) WHERE pinned;

-- What a person has uploaded. The bytes are a blob named blob_key; the text
-- that models read of it is here.
CREATE TABLE files (
    id           TEXT PRIMARY KEY,
    user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name         TEXT NOT NULL,             -- as the person's device named it
    content_type TEXT NOT NULL,             -- by the bytes, not by what was said of them
    kind         TEXT NOT NULL,             -- 'image', 'text' or 'pdf'
    size         BIGINT NOT NULL,           -- bytes
    sha256       TEXT NOT NULL,             -- of the bytes, hex
    blob_key     TEXT NOT NULL UNIQUE,
    width        BIGINT NOT NULL DEFAULT 0, -- pixels, pictures only
    height       BIGINT NOT NULL DEFAULT 0,
    pages        BIGINT NOT NULL DEFAULT 0, -- PDF only
    characters   BIGINT NOT NULL DEFAULT 0, -- of text
    text         TEXT NOT NULL DEFAULT '',
    created_at   BIGINT NOT NULL
);
CREATE INDEX files_by_user ON files (user_id, id);

-- The files of a question. One may be in several: an edited question keeps its own.
CREATE TABLE message_files (
    message_id      TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    file_id         TEXT NOT NULL REFERENCES files (id),
    user_id         TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    position        BIGINT NOT NULL,        -- from 0, as they were attached
    PRIMARY KEY (message_id, file_id)
);
CREATE INDEX message_files_by_conversation ON message_files (conversation_id);
CREATE INDEX message_files_by_user ON message_files (user_id, conversation_id);
CREATE INDEX message_files_by_file ON message_files (file_id);

-- A conversation is deleted with its messages; without this that reads all of them.
CREATE INDEX messages_of_conversation ON messages (conversation_id);

-- +goose Down
SELECT 1 FROM restore_a_backup_instead;
