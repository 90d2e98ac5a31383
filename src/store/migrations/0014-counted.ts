// What can be searched is counted by who writes it, once for many texts.

export const COUNTED = `
DROP TRIGGER texts_added;
`
