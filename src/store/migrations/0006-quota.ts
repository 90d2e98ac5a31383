// When each account was asked for its quota last and may be asked next, so that restarts cost no questions.

export const QUOTA = `
CREATE TABLE quota_turns (
  channel TEXT NOT NULL,
  account TEXT NOT NULL,
  last_at INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  trouble TEXT,
  message TEXT,
  refused TEXT,
  PRIMARY KEY (channel, account)
) WITHOUT ROWID;
`
