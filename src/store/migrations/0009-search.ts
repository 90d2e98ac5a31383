// Full-text search over what users asked and what was answered. `texts` names the body that a text is of and goes with it;
// `search` holds the words alone: an answer's text is read from its body again, a prompt's is short and kept. 'searched' counts its characters.

export const SEARCH = `
CREATE TABLE texts (
  seq INTEGER PRIMARY KEY,
  trace INTEGER NOT NULL,
  request INTEGER NOT NULL REFERENCES requests (seq) ON DELETE CASCADE,
  which TEXT NOT NULL,
  size INTEGER NOT NULL,
  words TEXT
);
CREATE INDEX texts_by_request ON texts (request, which);
CREATE INDEX texts_by_trace ON texts (trace, which);

CREATE VIRTUAL TABLE search USING fts5 (
  words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TABLE totals (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO totals (name, value) VALUES ('searched', 0);

CREATE TRIGGER texts_added AFTER INSERT ON texts BEGIN
  UPDATE totals SET value = value + new.size WHERE name = 'searched';
END;
CREATE TRIGGER texts_removed AFTER DELETE ON texts BEGIN
  UPDATE totals SET value = value - old.size WHERE name = 'searched';
  DELETE FROM search WHERE rowid = old.seq;
END;
CREATE TRIGGER bodies_removed AFTER DELETE ON bodies WHEN old.attempt = 0 BEGIN
  DELETE FROM texts WHERE request = old.request AND which = old.which;
END;

DROP INDEX requests_models;
CREATE INDEX requests_facets ON requests (trace, model_used, model_asked, channel, outcome);
`
