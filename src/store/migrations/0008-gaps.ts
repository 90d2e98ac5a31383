// Silences of the provider inside its answer.

export const GAPS = `
ALTER TABLE requests ADD COLUMN gaps TEXT;
`
