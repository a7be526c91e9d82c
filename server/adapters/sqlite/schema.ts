// The tables of the embedded store. Rooms are numbered, so that an event does not repeat a long monitor hash.

export const SCHEMA_VERSION = 4

export const SCHEMA = `
PRAGMA user_version = ${SCHEMA_VERSION};

-- 'placed' is the last event that has a place, 'indexed' the last whose words can be found.
CREATE TABLE IF NOT EXISTS lifetime (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  epoch TEXT NOT NULL,
  placed INTEGER NOT NULL,
  indexed INTEGER NOT NULL
);
INSERT OR IGNORE INTO lifetime VALUES (1, lower(hex(randomblob(8))), 0, 0);

CREATE TABLE IF NOT EXISTS room (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE
);

-- Everything that happened, of all rooms in one row: it only grows at its end, so a commit writes few pages however many rooms
-- it is about. 'key' is the room's number, whether it is a message, and the offset in one (keys.ts). 'change' is JSON: what each
-- type of change has of its own. 'state' is a message as it has become, also JSON, or NULL while it is as it was said.
CREATE TABLE IF NOT EXISTS event (
  seq INTEGER PRIMARY KEY,
  key INTEGER NOT NULL,
  at INTEGER NOT NULL,
  by TEXT NOT NULL,
  client_id TEXT,
  change TEXT NOT NULL,
  state TEXT
);

-- The way from a key to the event, for all events but the latest: many are placed at once (places.ts).
CREATE TABLE IF NOT EXISTS place (
  key INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL
);

-- Where each word stands, under the message's 'seq': newest first is highest first.
CREATE VIRTUAL TABLE IF NOT EXISTS word USING fts5(
  room, text, content = '', contentless_delete = 1, tokenize = 'unicode61'
);

-- The latest edits of each message, by its 'seq' and their offsets: what they said has to go when the message does.
CREATE TABLE IF NOT EXISTS edit (
  message INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  PRIMARY KEY (message, offset)
) WITHOUT ROWID;

-- The pinned messages of each room, by the offset that names them.
CREATE TABLE IF NOT EXISTS pin (
  room INTEGER NOT NULL REFERENCES room (number),
  message INTEGER NOT NULL,
  seq INTEGER NOT NULL REFERENCES event (seq),
  PRIMARY KEY (room, message)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS read_mark (
  room INTEGER NOT NULL REFERENCES room (number),
  email TEXT NOT NULL,
  upto INTEGER NOT NULL,
  PRIMARY KEY (room, email)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS spent_ticket (
  jti TEXT NOT NULL,
  room TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (jti, room)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS sign_in (
  secret_hash TEXT PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL,
  password_mark TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;

-- Where a sign-in was started, for its owner to recognise. Goes with it, whoever ends it.
CREATE TABLE IF NOT EXISTS sign_in_start (
  id TEXT PRIMARY KEY,
  started_at INTEGER NOT NULL,
  address TEXT NOT NULL,
  device TEXT NOT NULL
) WITHOUT ROWID;

CREATE TRIGGER IF NOT EXISTS sign_in_gone AFTER DELETE ON sign_in BEGIN
  DELETE FROM sign_in_start WHERE id = OLD.id;
END;

-- Counts of earlier versions, which did not know when they began. One of those may still be running; they run out by themselves.
CREATE TABLE IF NOT EXISTS tally (
  subject TEXT PRIMARY KEY,
  count INTEGER NOT NULL,
  until INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS counted (
  subject TEXT PRIMARY KEY,
  count INTEGER NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER NOT NULL
) WITHOUT ROWID;

-- What happened that somebody may ask about later, as JSON: it only grows at its end.
CREATE TABLE IF NOT EXISTS audit (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  entry TEXT NOT NULL
);

-- Entries from this moment on are kept. It is moved on when the oldest have had their time.
CREATE TABLE IF NOT EXISTS audit_kept (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  since INTEGER NOT NULL
);
INSERT OR IGNORE INTO audit_kept VALUES (1, 0);

CREATE TRIGGER IF NOT EXISTS audit_unchanged BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'what was noted for the audit is not changed');
END;

CREATE TRIGGER IF NOT EXISTS audit_undeleted BEFORE DELETE ON audit
WHEN OLD.at >= (SELECT since FROM audit_kept)
BEGIN
  SELECT RAISE(ABORT, 'what was noted for the audit is not deleted before its time');
END;

-- Rooms that keep messages for another time than the usual one: days, or NULL for ever.
CREATE TABLE IF NOT EXISTS retention (
  room TEXT PRIMARY KEY,
  days INTEGER
) WITHOUT ROWID;

-- How far each room is done: ports/retention.ts.
CREATE TABLE IF NOT EXISTS retention_gone (
  room TEXT PRIMARY KEY,
  epoch TEXT NOT NULL,
  offset INTEGER NOT NULL,
  upto INTEGER NOT NULL,
  many INTEGER NOT NULL
) WITHOUT ROWID;

-- Who is at it, and until when nobody else begins.
CREATE TABLE IF NOT EXISTS retention_lease (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  holder TEXT NOT NULL,
  until INTEGER NOT NULL
);

CREATE INDEX IF NOT EXISTS audit_time ON audit (at);
CREATE INDEX IF NOT EXISTS spent_ticket_expiry ON spent_ticket (expires_at);
CREATE INDEX IF NOT EXISTS sign_in_expiry ON sign_in (expires_at);
CREATE INDEX IF NOT EXISTS sign_in_account ON sign_in (account);
CREATE INDEX IF NOT EXISTS counted_expiry ON counted (until);
`
