// Work that was begun and must be ended, also after a restart: chunks to be swept once bodies were removed.

export const CHORES = `
CREATE TABLE chores (
  name TEXT PRIMARY KEY
) WITHOUT ROWID;
`
