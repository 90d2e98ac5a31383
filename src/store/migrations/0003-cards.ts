// Capability cards: what a test found out about a model of a channel. `fingerprint` is that of the channel's configuration at
// the time: with another one the card says nothing any more.

export const CARDS = `
CREATE TABLE cards (
  channel TEXT NOT NULL,
  model TEXT NOT NULL,
  protocol TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  tested_at INTEGER NOT NULL,
  card TEXT NOT NULL,
  PRIMARY KEY (channel, model, protocol)
) WITHOUT ROWID;
`
