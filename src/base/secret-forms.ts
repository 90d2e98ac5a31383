// The forms that secrets have, so that none is written down. Law: what stands for a secret is as long as it was, JSON stays
// JSON, doing it twice changes nothing, and text without one of these forms is never changed.

import { escapedSecrets } from './escaped-secrets.js'
import { secretMatches } from './secret-search.js'

/** Stands for a secret; the rest of its length is filled with stars. */
export const REMOVED = '[removed]'

/** What may stand before a secret: no letter, digit, dash or underscore, so that no base64 is taken for one; or an escape. */
const BEFORE = String.raw`(?:^|[^A-Za-z0-9_-]|\\[nrtbf]|\\u[\dA-Fa-f]{4}|%[\dA-F]{2})`

/** Looks back only after the first signs were found: a search that begins with letters is many times faster. */
function begins(lead: string, rest: string): string {
  return `${lead}(?<=${BEFORE}${lead})${rest}`
}

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
  begins('sk-', String.raw`${UNBROKEN}[\w-]{16,}`),
  begins('(?:sk|pk|rk)_(?:live|test)_', '[A-Za-z0-9]{10,}'),
  begins('whsec_', '[A-Za-z0-9+/=]{20,}'),
  begins(`(?:${PREFIXES.map(literal).join('|')})`, String.raw`${UNBROKEN}[\w-]{16,}`),
  begins('secret_', '[A-Za-z0-9]{40,}'),
  begins('ah-', String.raw`[\da-f]{48}(?![\w-])`),
  begins('gh[opsur]_', '[A-Za-z0-9]{20,}'),
  begins('github_pat_', String.raw`\w{20,}`),
  begins(String.raw`xox[abeoprs](?:\.xox[bp])?-`, String.raw`(?=[\w-]*\d)[\w-]{10,}`),
  begins('xapp-', String.raw`\d-[\w-]{10,}`),
  begins('(?:AKIA|ASIA|ABIA|ACCA)', '[A-Z0-9]{16}(?![A-Za-z0-9])'),
  begins('AIza', String.raw`[\w-]{30,}`),
  begins(String.raw`ya29\.`, String.raw`[\w-]{20,}`),
  begins('eyJ', String.raw`[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]*)?`),
  begins(String.raw`SG\.`, String.raw`[\w-]{16,}\.[\w-]{16,}`),
  begins('SK', String.raw`[\da-f]{32}(?![\w-])`),
  begins('(?:key-|dapi)', String.raw`[\da-f]{32}(?![\w-])`),
  begins('AGE-SECRET-KEY-1', String.raw`[A-Z\d]{50,}`),
  // Of these the first signs are no secret, and stay.
  String.raw`:AA(?<=${BEFORE}\d{8,10}:AA)[\w-]{32,}`,
  String.raw`\.(?=[\w-]{6}\.)(?<=${BEFORE}[MNO][\w-]{23,27}\.)[\w-]{6}\.[\w-]{27,}`,
  String.raw`Q~(?<=[\w~.]{3}\dQ~)[\w~.-]{31,}`,
  String.raw`\.atlasv1\.(?<=[A-Za-z\d]{14}\.atlasv1\.)[\w-]{60,}`,
  String.raw`-----BEGIN [A-Z\d ]*PRIVATE KEY(?: BLOCK)?-----(?:[^"-]|-(?!----END)){0,20000}(?:-----END [A-Z\d ]*PRIVATE KEY(?: BLOCK)?-----)?`,
]

/** A value ends at blanks, quotes, escapes and whatever code or markup goes on with; marks of templates are none. */
const SIGN = String.raw`[^\s"'\\,;}<>&|()$[\]{}*\u0060]`
/** Looks ahead a bounded way: a text that repeats the names of secrets must not take long. */
const DIGIT = String.raw`(?=${SIGN}{0,200}\d)`
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
function named(lead: string, rest: string, value: string): string {
  return `(${begins(lead, rest)})${value}`
}

const VALUES = [
  named(caseless('bearer'), String.raw`\s+`, String.raw`(?=[\w.~+/=-]*\d)[\w.~+/=-]{16,}`),
  named(
    caseless('basic'),
    String.raw`\s+`,
    String.raw`(?=[A-Za-z\d+/]*[a-z])(?=[A-Za-z\d+/]*[A-Z])(?=[A-Za-z\d+/]*[\d=])[A-Za-z\d+/]{12,}={0,2}`,
  ),
  named(
    `(?:${caseless('proxy')}-)?${caseless('authorization')}`,
    String.raw`${IS}${QUOTE}?(?:[A-Za-z-]+\s+)?`,
    `(?:${DIGIT}${SIGN}{8,}|${SIGN}{20,})`,
  ),
  named(
    '[Xx]-',
    String.raw`[\w-]{0,60}(?:${caseless('key')}|${caseless('token')}|${caseless('secret')})${IS}${QUOTE}?`,
    `${DIGIT}${SIGN}{8,}`,
  ),
  named(
    `(?:${caseless('set-')})?${caseless('cookie')}`,
    `${IS}${QUOTE}?`,
    String.raw`[\w.-]+=[^\s;"'\\]{6,}(?:;\s*[\w.-]+=[^\s;"'\\]+)*`,
  ),
  String.raw`(:\/\/[^\s/:@"'\\<>]*:)(?!(?:${caseless('password')}|${caseless('pass')}|${caseless('secret')}|pwd|xxx)@)[^\s/@"'\\<>$[\]{}*]{3,}(?=@)`,
  String.raw`([?&;](?:${PARAMETERS})=|\\u0026(?:${PARAMETERS})=)${DIGIT}${SIGN}{8,}`,
  String.raw`(hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/]{20,}`,
  String.raw`(discord(?:app)?\.com\/api\/webhooks\/\d+\/)[\w-]{30,}`,
  String.raw`((?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_KEY|PRIVATE_KEY)[A-Z\d_]{0,40}=${QUOTE}?)${DIGIT}${SIGN}{8,}`,
  String.raw`((?:AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd)=)${DIGIT}[^\s"'\\;]{8,}`,
  named(
    `(?:${FIELDS})`,
    `${IS}${QUOTE}?`,
    String.raw`(?!(?:process|os|env|self|this|config|options|settings|args)\b)${DIGIT}(?=${SIGN}{0,200}[A-Za-z])${SIGN}{8,}(?![(.[])`,
  ),
]

/** All forms. A search by it takes a look at each of them at each sign; `secretMatches` finds the same many times faster. */
export const FORMS = [...TOKENS, ...VALUES].join('|')

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
  const literal = known === undefined ? text : text.replace(known, hide)
  const without = known === undefined ? text : hidden(literal, escapedSecrets(literal, known), hide)
  return { text: hidden(without, secretMatches(without, FORMS), hide), removed }
}

function hidden(text: string, spans: readonly [number, number][], hide: (secret: string) => string): string {
  let clean = ''
  let at = 0
  for (const [from, to] of spans) {
    clean += text.slice(at, from) + hide(text.slice(from, to))
    at = to
  }
  return at === 0 ? text : clean + text.slice(at)
}

/** Where the secrets stand, `[from, to)`, in rising order. */
export function findSecrets(text: string, known?: RegExp): [number, number][] {
  const found = known === undefined ? [] : knownSpans(text, known)
  found.push(...secretMatches(text, FORMS))
  return found.sort(([one], [other]) => one - other)
}

/** Where known secrets stand, as they are or with escapes in them. */
export function knownSpans(text: string, known: RegExp): [number, number][] {
  const plain = [...text.matchAll(known)].map((match): [number, number] => [
    match.index,
    match.index + match[0].length,
  ])
  return [...plain, ...escapedSecrets(text, known)]
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
