// Where the forms of secrets begin in a text. Law: finds what the pattern finds by itself; it is only asked where three signs
// stand with which a form can begin, which is at one or two places of a hundred.

/** The first three signs of each form, in either case; `*` is any sign. */
const BEGINNINGS = `
  sk- sk_ pk_ rk_ whs gsk hf_ r8_ npm fw_ tgp xai nva ppl csk pcs tvl jin fig rub dop doo dor shp sq0 lin ntn dck
  glp gld glr glc glf gls gla pyp goc hrk pma nra snt sbp sb_ ata atc hvs hvb dp. 1// sec ah- gho ghp ghs ghu ghr git
  xox xap aki asi abi acc aiz ya2 eyj sg. sk0 sk1 sk2 sk3 sk4 sk5 sk6 sk7 sk8 sk9 ska skb skc skd ske skf key dap age
  :aa q~* .at --- bea bas aut x-* coo :// \\u0 hoo dis pas tok api pri sha pwd aws ref ses id_ id- idt cli
  ?ap ?ac ?au ?cl ?pa ?si ?x- ?to ?se ?ke &ap &ac &au &cl &pa &si &x- &to &se &ke ;ap ;ac ;au ;cl ;pa ;si ;x- ;to ;se ;ke`
  .trim()
  .split(/\s+/)

/** Five bits of a sign: upper and lower case are alike, and so are some signs, at which one looks in vain. */
const BITS = 0x1f
const TABLE = table()

function table(): Uint8Array {
  const marks = new Uint8Array(1 << 15)
  const codes = (sign: string) =>
    sign === '*' ? Array.from({ length: BITS + 1 }, (_, code) => code) : [sign.charCodeAt(0) & BITS]
  for (const [one = '', two = '', three = ''] of BEGINNINGS)
    for (const first of codes(one))
      for (const second of codes(two))
        for (const third of codes(three)) marks[(first << 10) | (second << 5) | third] = 1
  return marks
}

const DOT = 0x2e
/** Of a token in three parts the middle one has six signs. */
const MIDDLE = 7

const DOT_CODE = DOT & BITS

function isToken(text: string, at: number): boolean {
  return text.charCodeAt(at) === DOT && text.charCodeAt(at + MIDDLE) === DOT
}

const patterns = new Map<string, RegExp>()

/** What the forms match, `[from, to)`, without the group that says whose value follows; in rising order. */
export function secretMatches(text: string, forms: string): [number, number][] {
  const pattern = patterns.get(forms) ?? new RegExp(forms, 'y')
  patterns.set(forms, pattern)
  const found: [number, number][] = []
  let pair = ((text.charCodeAt(0) & BITS) << 5) | (text.charCodeAt(1) & BITS)
  for (let at = 0; at + 2 < text.length; at++) {
    const three = (pair << 5) | (text.charCodeAt(at + 2) & BITS)
    pair = three & 0x3ff
    if (TABLE[three] === 0 && !(three >>> 10 === DOT_CODE && isToken(text, at))) continue
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match === null) continue
    const kept = match.slice(1).find((group) => group !== undefined) ?? ''
    found.push([at + kept.length, at + match[0].length])
    at += match[0].length - 1
    pair = ((text.charCodeAt(at + 1) & BITS) << 5) | (text.charCodeAt(at + 2) & BITS)
  }
  return found
}
