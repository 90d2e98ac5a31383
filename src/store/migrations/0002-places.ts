// Where conversations are, so that they go on with the same channel and key after a restart; and which key an attempt used.
// `seq` is the order of use: what was used longest ago is forgotten first.

export const PLACES = `
CREATE TABLE places (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  trace TEXT NOT NULL UNIQUE,
  channel TEXT NOT NULL,
  key INTEGER
);

ALTER TABLE attempts ADD COLUMN key INTEGER;
`
