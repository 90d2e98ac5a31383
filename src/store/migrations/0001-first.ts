// The first schema. Times are ms since the epoch, durations ms, token counters disjoint (protocol/ir/usage.ts).
// Law: a migration that was released is never edited; a change is the next file.

export const FIRST = `
CREATE TABLE traces (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL,
  thread TEXT,
  agent TEXT NOT NULL,
  agent_version TEXT,
  directory TEXT,
  title TEXT,
  started_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  requests INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  input_fresh INTEGER NOT NULL DEFAULT 0,
  cache_read INTEGER NOT NULL DEFAULT 0,
  cache_write_5m INTEGER NOT NULL DEFAULT 0,
  cache_write_1h INTEGER NOT NULL DEFAULT 0,
  output INTEGER NOT NULL DEFAULT 0,
  reasoning INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX traces_by_last ON traces (last_at, seq);

CREATE TABLE turns (
  seq INTEGER PRIMARY KEY,
  trace INTEGER NOT NULL REFERENCES traces (seq) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  key TEXT,
  prompt TEXT,
  started_at INTEGER NOT NULL,
  UNIQUE (trace, number)
);
CREATE INDEX turns_by_key ON turns (trace, key) WHERE key IS NOT NULL;

CREATE TABLE requests (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  trace INTEGER NOT NULL REFERENCES traces (seq) ON DELETE CASCADE,
  turn INTEGER NOT NULL REFERENCES turns (seq) ON DELETE CASCADE,
  subagent TEXT,
  parent_subagent TEXT,
  agent TEXT NOT NULL,
  agent_version TEXT,
  purpose TEXT NOT NULL,
  key_name TEXT NOT NULL,
  profile TEXT,
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  protocol TEXT NOT NULL,
  model_asked TEXT NOT NULL,
  stream INTEGER NOT NULL,
  prompt TEXT,
  headers TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  outcome TEXT,
  status INTEGER,
  error_code TEXT,
  error_text TEXT,
  channel TEXT,
  model_used TEXT,
  mode TEXT,
  first_byte_ms REAL,
  first_token_ms REAL,
  duration_ms REAL,
  input_fresh INTEGER,
  cache_read INTEGER,
  cache_write_5m INTEGER,
  cache_write_1h INTEGER,
  output INTEGER,
  reasoning INTEGER,
  stop_reason TEXT,
  decision TEXT,
  bodies_dropped INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX requests_by_trace ON requests (trace, seq);
CREATE INDEX requests_by_turn ON requests (turn);
CREATE INDEX requests_by_start ON requests (started_at);
CREATE INDEX requests_models ON requests (trace, model_used);
CREATE INDEX requests_running ON requests (trace) WHERE outcome IS NULL;

CREATE TABLE attempts (
  seq INTEGER PRIMARY KEY,
  request INTEGER NOT NULL REFERENCES requests (seq) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  channel TEXT NOT NULL,
  protocol TEXT NOT NULL,
  mode TEXT NOT NULL,
  url TEXT NOT NULL,
  model_used TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  duration_ms REAL,
  first_byte_ms REAL,
  outcome TEXT NOT NULL,
  status INTEGER,
  error_code TEXT,
  error_text TEXT,
  upstream_request_id TEXT,
  headers TEXT NOT NULL,
  UNIQUE (request, number)
);

CREATE TABLE notes (
  request INTEGER NOT NULL REFERENCES requests (seq) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  kind TEXT NOT NULL,
  path TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (request, position)
) WITHOUT ROWID;

CREATE TABLE chunks (
  seq INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  size INTEGER NOT NULL,
  coding INTEGER NOT NULL,
  data BLOB NOT NULL
);

CREATE TABLE bodies (
  seq INTEGER PRIMARY KEY,
  request INTEGER NOT NULL REFERENCES requests (seq) ON DELETE CASCADE,
  which TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  size INTEGER NOT NULL,
  recipe BLOB NOT NULL,
  UNIQUE (request, which, attempt)
);

CREATE TABLE quota_snapshots (
  seq INTEGER PRIMARY KEY,
  channel TEXT NOT NULL,
  account TEXT,
  window_name TEXT NOT NULL,
  window_ms INTEGER,
  used_percent REAL,
  used REAL,
  allowed REAL,
  resets_at INTEGER,
  plan TEXT,
  origin TEXT NOT NULL,
  taken_at INTEGER NOT NULL,
  detail TEXT
);
CREATE INDEX quota_by_channel ON quota_snapshots (channel, window_name, taken_at);

CREATE TABLE keys (
  name TEXT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  prefix TEXT NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE learned (
  channel TEXT NOT NULL,
  model TEXT NOT NULL,
  parameter TEXT NOT NULL,
  reason TEXT,
  learned_at INTEGER NOT NULL,
  PRIMARY KEY (channel, model, parameter)
) WITHOUT ROWID;
`
