// When the bytes of a streamed body passed. They go with the body that they are of.

export const STREAM_TIMES = `
CREATE TABLE stream_times (
  request INTEGER NOT NULL REFERENCES requests (seq) ON DELETE CASCADE,
  which TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  steps BLOB NOT NULL,
  PRIMARY KEY (request, which, attempt)
) WITHOUT ROWID;
CREATE TRIGGER stream_times_removed AFTER DELETE ON bodies BEGIN
  DELETE FROM stream_times WHERE request = old.request AND which = old.which AND attempt = old.attempt;
END;
`
