// The hub's own keys by their looks, for places that must not let one out and do not know which one was shown. Pure.

/** `ah-` and 48 hex digits (secrets/client-key.ts). */
const FORM = /\bah-[0-9a-f]{48}(?![0-9a-f])/i

const LENGTH = 'ah-'.length + 48

/** Whether a key of a hub stands anywhere in the text. */
export function namesHubKey(text: string): boolean {
  // No header of an agent's is shorter and holds one: most are told by their length.
  return text.length >= LENGTH && FORM.test(text)
}
