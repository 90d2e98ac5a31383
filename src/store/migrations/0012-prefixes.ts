// The prompt that a conversation, or a branch of it, sent last, as hashes of its parts in the order in which providers read it
// (outline.ts): the next request is held against it.

export const PREFIXES = `
CREATE TABLE prefixes (
  seq INTEGER PRIMARY KEY,
  trace INTEGER NOT NULL REFERENCES traces (seq) ON DELETE CASCADE,
  subagent TEXT NOT NULL,
  request INTEGER NOT NULL,
  outline BLOB NOT NULL,
  UNIQUE (trace, subagent)
);
`
