// Outlines are made of a prompt's parts as they stand in the body; those of before were made of the parts written anew, and cannot
// be held against them. The next request of a conversation begins without one.

export const OUTLINES = `
DELETE FROM prefixes;
`
