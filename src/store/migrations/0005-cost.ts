// What requests cost, in US dollars, with the rates that made it. What was recorded before has none.

export const COST = `
ALTER TABLE requests ADD COLUMN cost REAL;
ALTER TABLE requests ADD COLUMN price TEXT;
ALTER TABLE traces ADD COLUMN cost REAL NOT NULL DEFAULT 0;
ALTER TABLE traces ADD COLUMN unpriced INTEGER NOT NULL DEFAULT 0;

UPDATE traces SET unpriced =
  (SELECT count(*) FROM requests WHERE requests.trace = traces.seq AND requests.output IS NOT NULL);
`
