// Takes secrets out of text that leaves this machine. Law: what was replaced cannot be told from the rest, JSON stays
// JSON, and redacting twice changes nothing.

export const REMOVED = '[removed]'

/** What may stand before a secret: no letter or digit, but the escapes of JSON, which end with one. */
const START = String.raw`(?<=^|[^A-Za-z0-9]|\\[nrtbf]|\\u[\dA-Fa-f]{4})`
const word = (pattern: string, flags = 'g') => new RegExp(START + pattern, flags)

/** `$1` is kept: what stands before the secret. No secret reaches over a quote, a blank or an escape, so JSON stays whole. */
const RULES: readonly (readonly [RegExp, string])[] = [
  [
    /-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[^"-]|-(?!----END))*(?:-----END [A-Z ]*PRIVATE KEY-----)?/g,
    REMOVED,
  ],
  [word(String.raw`((?:Bearer|Basic|Token)\s+)(?!\[removed\])[\w.~+/=-]{16,}`, 'gi'), `$1${REMOVED}`],
  [
    word(
      String.raw`(?:sk|pk|rk|gsk|xai|nvapi|fw|pplx|hf|tgp|r8|key|csk|dop|shpat|glpat|npm|pypi)[-_](?=[\w-]*\d)[\w-]{16,}`,
    ),
    REMOVED,
  ],
  [word(String.raw`ah-[0-9a-f]{48}\b`), REMOVED],
  [word(String.raw`(?:gh[opsur]_[A-Za-z0-9]{20,}|github_pat_\w{20,})`), REMOVED],
  [word(String.raw`(?:xox[abeoprs]-[\w-]{10,}|xapp-[\w-]{10,})`), REMOVED],
  [word(String.raw`(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b`), REMOVED],
  [word(String.raw`(?:AIza[\w-]{30,}|ya29\.[\w-]{20,})`), REMOVED],
  [word(String.raw`eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*`), REMOVED],
  [word(String.raw`(?:SG|SK)\.[\w-]{16,}\.[\w-]{16,}`), REMOVED],
  [/(\w[\w+.-]*:\/\/[^\s/:@"'\\]*:)(?!\[removed\])[^\s/@"'\\]+(?=@)/g, `$1${REMOVED}`],
  [
    /([?&](?:key|api_key|apikey|access_token|token|secret|sig|signature|password)=)(?!\[removed\])[^&\s"'\\<]+/gi,
    `$1${REMOVED}`,
  ],
  [
    /((?:api[_-]?key|secret(?:[_-]?(?:access[_-]?)?key)?|access[_-]?token|auth[_-]?token|refresh[_-]?token|client[_-]?secret|password|passwd|passphrase)(?:\\*["'])?\s*[:=]\s*(?:\\*["'])?)(?!\[removed\])(?=[^\s"'\\,;}<]*\d)[^\s"'\\,;}<]{6,}/gi,
    `$1${REMOVED}`,
  ],
]

export type Redactor = (text: string) => string

/** `home`: the user's own directory, shown as `~`. `known`: secrets of this machine, removed wherever they stand. */
export function redactor(home: string, known: readonly string[] = []): Redactor {
  const own = known.filter((secret) => secret.length >= 8)
  const place = home.length > 1 ? new RegExp(`${escaped(home)}(?![\\w-])`, 'g') : undefined
  return (text) => {
    let result = text
    for (const secret of own) result = result.replaceAll(secret, REMOVED)
    for (const [pattern, put] of RULES) result = result.replace(pattern, put)
    return place === undefined ? result : result.replace(place, '~')
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
