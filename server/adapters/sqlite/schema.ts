// The tables of the embedded store. Rooms are numbered, so that an event does not repeat a long monitor hash.

export const SCHEMA = `
CREATE TABLE IF NOT EXISTS lifetime (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  epoch TEXT NOT NULL
);
INSERT OR IGNORE INTO lifetime VALUES (1, lower(hex(randomblob(8))));

CREATE TABLE IF NOT EXISTS room (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  offset INTEGER NOT NULL,
  at INTEGER NOT NULL
);

-- Everything that happened. 'change' is JSON: what each type of change has of its own.
CREATE TABLE IF NOT EXISTS event (
  room INTEGER NOT NULL REFERENCES room (number),
  offset INTEGER NOT NULL,
  at INTEGER NOT NULL,
  by TEXT NOT NULL,
  client_id TEXT,
  message INTEGER NOT NULL,
  change TEXT NOT NULL,
  PRIMARY KEY (room, offset)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS event_client_id ON event (room, by, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS event_message ON event (room, message);

-- What it led to: each message in its present state, as JSON.
CREATE TABLE IF NOT EXISTS message (
  key INTEGER PRIMARY KEY,
  room INTEGER NOT NULL REFERENCES room (number),
  id INTEGER NOT NULL,
  state TEXT NOT NULL,
  UNIQUE (room, id)
);
-- Where each word stands. Keys rise with offsets, so newest first is highest key first.
CREATE VIRTUAL TABLE IF NOT EXISTS word USING fts5(
  room, text, content = '', contentless_delete = 1, tokenize = 'unicode61'
);

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

CREATE TABLE IF NOT EXISTS tally (
  subject TEXT PRIMARY KEY,
  count INTEGER NOT NULL,
  until INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS spent_ticket_expiry ON spent_ticket (expires_at);
CREATE INDEX IF NOT EXISTS sign_in_expiry ON sign_in (expires_at);
CREATE INDEX IF NOT EXISTS tally_expiry ON tally (until);
`
