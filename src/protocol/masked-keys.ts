// Errors are shown to people and stored, and some vendors repeat the key that they refuse. Law: of a key only what
// names its kind stays.

/** The words without the secret part of any key in them. */
export function maskedKeys(words: string): string {
  return words.replaceAll(/\b((?:sk|gsk|xai|nvapi|ah|csk|fw|pplx|hf)[-_]|AIza)[\w-]{12,}/g, '$1…')
}
