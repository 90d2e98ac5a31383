// The hub's own keys by their looks, for places that must not let one out and do not know which one was shown. Pure.

/** `ah-` and 48 hex digits (secrets/client-key.ts). */
const FORM = /\bah-[0-9a-f]{48}(?![0-9a-f])/i

/** Whether a key of a hub stands anywhere in the text. */
export function namesHubKey(text: string): boolean {
  return FORM.test(text)
}
