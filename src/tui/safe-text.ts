// Foreign text made harmless: what agents, tools, models and providers say can neither drive the terminal nor deceive the
// reader. Law: what comes out holds no control, no bidirectional override and no invisible character. Pure.

/** C0, DEL and C1 (ESC, CSI, OSC …), but not the line feed and the tab, which are treated apart. */
const CONTROLS = /[^\P{Cc}\n\t]/gu

/** Characters that change the direction of what stands around them. */
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Characters that take no place: they hide in words, break alignment, or are drawn differently by each terminal. */
const INVISIBLE = /[\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]|\u034f|\u17b4|\u17b5|[\u180b-\u180d]/gu

/** Joiners, variation selectors and skin tones: without them a picture is drawn as its parts, of a width that all agree on. */
const JOINING = /\u200d|[\ufe00-\ufe0f]|[\u{1f3fb}-\u{1f3ff}]/gu

/** Flags are pairs of these; their letters are as wide everywhere. */
const FLAG_LETTERS = /[\u{1f1e6}-\u{1f1ff}]/gu

/** Lone halves of pairs, and what Unicode keeps for private use. */
const HOMELESS = /[\ud800-\udfff\ue000-\uf8ff]/gu

/** Marks above and below letters that no composed letter holds; more than two on a letter run into other lines. */
const PILED_MARKS = /(\p{M}{2})\p{M}+/gu

const PLAIN_ASCII = /^[\u0020-\u007e]*$/

const TAB = '    '

/** The picture of a control character (`␛` for ESC); C1 and DEL have none but a common one. */
function picture(control: string): string {
  const code = control.codePointAt(0) ?? 0
  return code < 0x20 ? String.fromCodePoint(0x2400 + code) : code === 0x7f ? '␡' : '␦'
}

function letter(flag: string): string {
  return String.fromCodePoint((flag.codePointAt(0) ?? 0) - 0x1f1e6 + 0x41)
}

/** Lines stay lines (`\n`); tabs become spaces; everything that is not plain text becomes something to be seen. */
export function safeLines(text: string): string {
  if (PLAIN_ASCII.test(text)) return text
  return text
    .replace(/\r\n/g, '\n')
    .normalize('NFC')
    .replaceAll('\t', TAB)
    .replace(CONTROLS, picture)
    .replace(DIRECTION, '⇄')
    .replace(JOINING, '')
    .replace(INVISIBLE, '␣')
    .replace(FLAG_LETTERS, letter)
    .replace(HOMELESS, '\ufffd')
    .replace(PILED_MARKS, '$1')
}

/** As safeLines, in one line: the words of all lines with one space between them. */
export function safeText(text: string): string {
  if (PLAIN_ASCII.test(text)) return text.trim()
  return safeLines(text).replace(/\s+/gu, ' ').trim()
}

/** Whether a text can be given to the terminal as it is: the last guard, before it is painted. */
export function isSafe(text: string): boolean {
  return PLAIN_ASCII.test(text) || !UNSAFE.test(text)
}

const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u
