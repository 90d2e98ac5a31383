// The forms that secrets have, so that none is written down. Law: what stands for a secret is as long as it was, JSON stays
// JSON, doing it twice changes nothing, and text without one of these forms is never changed.

/** Stands for a secret; the rest of its length is filled with stars. */
export const REMOVED = '[removed]'

/** What may stand before a secret: no letter, digit, dash or underscore, so that no base64 is taken for one; or an escape. */
const START = String.raw`(?:(?<![A-Za-z0-9_-])|(?<=\\[nrtbf])|(?<=\\u[\dA-Fa-f]{4}|%[\dA-F]{2}))`

/** Names of makers before a key; what follows is long and has a digit. */
const PREFIXES = [
  'gsk_ hf_ r8_ npm_ fw_ tgp_v1_ xai- nvapi- pplx- csk- pcsk_ tvly- jina_ figd_ rubygems_',
  'dop_v1_ doo_v1_ dor_v1_ shpat_ shpss_ shpca_ shppa_ sq0atp- sq0csp- lin_api_ ntn_ dckr_pat_',
  'glpat- gldt- glrt- glcbt- glptt- glft- glsoat- glagent- pypi- GOCSPX- HRKU- PMAK- NRAK-',
  'glsa_ glc_ sntrys_ sntryu_ sbp_ sb_secret_ ATATT3 ATCTT3 hvs. hvb. dp.pt. dp.st. dp.ct. dp.sa. 1//0',
].flatMap((line) => line.split(' '))

/** Made by a machine: a digit, and ten letters and digits without a break, as no name has. */
const UNBROKEN = String.raw`(?=[\w-]*\d)(?=[\w-]*[A-Za-z\d]{10})`

const TOKENS = [
  String.raw`sk-${UNBROKEN}[\w-]{16,}`,
  '(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{10,}',
  'whsec_[A-Za-z0-9+/=]{20,}',
  String.raw`(?:${PREFIXES.map(literal).join('|')})${UNBROKEN}[\w-]{16,}`,
  'secret_[A-Za-z0-9]{40,}',
  String.raw`ah-[\da-f]{48}(?![\w-])`,
  'gh[opsur]_[A-Za-z0-9]{20,}',
  String.raw`github_pat_\w{20,}`,
  String.raw`xox[abeoprs](?:\.xox[bp])?-(?=[\w-]*\d)[\w-]{10,}`,
  String.raw`xapp-\d-[\w-]{10,}`,
  '(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])',
  String.raw`AIza[\w-]{30,}`,
  String.raw`ya29\.[\w-]{20,}`,
  String.raw`eyJ[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]*)?`,
  String.raw`SG\.[\w-]{16,}\.[\w-]{16,}`,
  String.raw`SK[\da-f]{32}(?![\w-])`,
  String.raw`(?:key-[\da-f]{32}|dapi[\da-f]{32})(?![\w-])`,
  String.raw`\d{8,10}:AA[\w-]{32,}`,
  String.raw`[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}`,
  String.raw`AGE-SECRET-KEY-1[A-Z\d]{50,}`,
  String.raw`[\w~.]{3}\dQ~[\w~.-]{31,}`,
  String.raw`[A-Za-z\d]{14}\.atlasv1\.[\w-]{60,}`,
  String.raw`-----BEGIN [A-Z\d ]*PRIVATE KEY(?: BLOCK)?-----(?:[^"-]|-(?!----END))*(?:-----END [A-Z\d ]*PRIVATE KEY(?: BLOCK)?-----)?`,
]

/** A value ends at blanks, quotes, escapes and whatever code or markup goes on with; marks of templates are none. */
const SIGN = String.raw`[^\s"'\\,;}<>&|()$[\]{}*\u0060]`
const DIGIT = String.raw`(?=${SIGN}*\d)`
/** Quotes may themselves stand in a quoted text. */
const QUOTE = String.raw`(?:\\*["'])`
const IS = String.raw`${QUOTE}?\s*[:=]\s*`

/** Parameters of an address. */
const PARAMETERS = `
  api_key apikey access_token auth_token client_secret password signature x-amz-signature x-amz-security-token
  token secret key sig`
  .trim()
  .split(/\s+/)
  .map(caseless)
  .join('|')

/** Names of fields and of lines in files of settings. */
const FIELDS = `
  api[_-]?key secret[_-]?(?:access[_-]?)?key aws_secret_access_key aws_session_token access[_-]?token
  auth[_-]?token refresh[_-]?token session[_-]?token id[_-]?token client[_-]?secret private[_-]?key
  password passwd passphrase`
  .trim()
  .split(/\s+/)
  .map(caseless)
  .join('|')

/** The group is kept: it says whose value follows. */
const VALUES = [
  String.raw`(${caseless('bearer')}\s+)(?=[\w.~+/=-]*\d)[\w.~+/=-]{16,}`,
  String.raw`(${caseless('basic')}\s+)(?=[A-Za-z\d+/]*[a-z])(?=[A-Za-z\d+/]*[A-Z])(?=[A-Za-z\d+/]*[\d=])[A-Za-z\d+/]{12,}={0,2}`,
  String.raw`((?:${caseless('proxy')}-)?${caseless('authorization')}${IS}${QUOTE}?(?:[A-Za-z-]+\s+)?)(?:${DIGIT}${SIGN}{8,}|${SIGN}{20,})`,
  String.raw`([Xx]-[\w-]*(?:${caseless('key')}|${caseless('token')}|${caseless('secret')})${IS}${QUOTE}?)(?=${SIGN}*\d)${SIGN}{8,}`,
  String.raw`((?:${caseless('set-')})?${caseless('cookie')}${IS}${QUOTE}?)[\w.-]+=[^\s;"'\\]{6,}(?:;\s*[\w.-]+=[^\s;"'\\]+)*`,
  String.raw`([A-Za-z][A-Za-z\d+.-]*:\/\/[^\s/:@"'\\<>]*:)(?!(?:${caseless('password')}|${caseless('pass')}|${caseless('secret')}|pwd|xxx)@)[^\s/@"'\\<>$[\]{}*]{3,}(?=@)`,
  String.raw`(?<=[?&;]|\\u0026)((?:${PARAMETERS})=)${DIGIT}${SIGN}{8,}`,
  String.raw`(hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/]{20,}`,
  String.raw`(discord(?:app)?\.com\/api\/webhooks\/\d+\/)[\w-]{30,}`,
  String.raw`([A-Z][A-Z\d_]*(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_KEY|PRIVATE_KEY)[A-Z\d_]*=${QUOTE}?)${DIGIT}${SIGN}{8,}`,
  String.raw`((?:AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd)=)${DIGIT}[^\s"'\\;]{8,}`,
  `((?:${FIELDS})${IS}${QUOTE}?)(?!(?:process|os|env|self|this|config|options|settings|args)\\b)${DIGIT}(?=${SIGN}*[A-Za-z])${SIGN}{8,}(?![(.[])`,
]

const SECRETS = new RegExp(`${START}(?:${[...TOKENS, ...VALUES].join('|')})`, 'g')

export type Redacted = {
  readonly text: string
  /** How many secrets were taken out. */
  readonly removed: number
}

/** The text without what has the form of a secret, and without the `known` ones (`knownSecrets`). */
export function removeSecrets(text: string, known?: RegExp): Redacted {
  let removed = 0
  const hide = (secret: string) => {
    removed++
    return maskOf(secret)
  }
  const without = known === undefined ? text : text.replace(known, hide)
  const clean = without.replace(SECRETS, (whole: string, ...rest: unknown[]) => {
    const kept = rest.find((group, index) => index < VALUES.length && typeof group === 'string')
    const before = typeof kept === 'string' ? kept : ''
    return before + hide(whole.slice(before.length))
  })
  return { text: clean, removed }
}

/** Where the secrets stand, `[from, to)`, in rising order. */
export function findSecrets(text: string, known?: RegExp): [number, number][] {
  const found: [number, number][] = []
  for (const match of known === undefined ? [] : text.matchAll(known))
    found.push([match.index, match.index + match[0].length])
  for (const match of text.matchAll(SECRETS)) {
    const kept = match.slice(1).find((group) => group !== undefined) ?? ''
    found.push([match.index + kept.length, match.index + match[0].length])
  }
  return found.sort(([one], [other]) => one - other)
}

/** As long as the secret. */
export function maskOf(secret: string): string {
  return secret.length < REMOVED.length
    ? '*'.repeat(secret.length)
    : REMOVED + '*'.repeat(secret.length - REMOVED.length)
}

const LEAST_KNOWN = 8
/** A shorter value without letters and digits may be a word, such as the name of a local server. */
const LEAST_WORD = 16

/** Finds these values wherever they stand; undefined when none of them can be told from a word. */
export function knownSecrets(values: Iterable<string>): RegExp | undefined {
  const told = [...new Set(values)].filter(
    (value) =>
      value.length >= LEAST_WORD || (value.length >= LEAST_KNOWN && /\d/.test(value) && /[a-z]/i.test(value)),
  )
  if (told.length === 0) return undefined
  // The longest first: one may be the beginning of another.
  const longest = told.sort((one, other) => other.length - one.length).map(literal)
  return new RegExp(longest.join('|'), 'g')
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}

/** The pattern in upper or lower case; character classes and groups in it stay. */
function caseless(pattern: string): string {
  return pattern.replace(/\[[^\]]*\]\??|\(\?:|[a-z]/g, (part) =>
    /^[a-z]$/.test(part) ? `[${part.toUpperCase()}${part}]` : part,
  )
}
