// How many secrets were taken out of a body before it was stored.

export const REMOVED = `
ALTER TABLE bodies ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;
`
