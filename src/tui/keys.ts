// What a key is called, whatever the terminal sent for it. Pure.

/** As the terminal library tells it; only what is looked at here. */
export type RawKey = {
  readonly upArrow: boolean
  readonly downArrow: boolean
  readonly leftArrow: boolean
  readonly rightArrow: boolean
  readonly pageUp: boolean
  readonly pageDown: boolean
  readonly home: boolean
  readonly end: boolean
  readonly return: boolean
  readonly escape: boolean
  readonly tab: boolean
  readonly shift: boolean
  readonly backspace: boolean
  readonly delete: boolean
  readonly ctrl: boolean
  readonly meta: boolean
}

/** `name`: `up`, `enter`, `ctrl-d`, or the character · `text`: what it writes into a field, '' for none. */
export type Key = { readonly name: string; readonly text: string }

function named(key: RawKey): string | undefined {
  if (key.upArrow) return 'up'
  if (key.downArrow) return 'down'
  if (key.leftArrow) return 'left'
  if (key.rightArrow) return 'right'
  if (key.pageUp) return 'pageup'
  if (key.pageDown) return 'pagedown'
  if (key.home) return 'home'
  if (key.end) return 'end'
  if (key.return) return 'enter'
  if (key.escape) return 'escape'
  if (key.tab) return key.shift ? 'shift-tab' : 'tab'
  // Terminals send DEL for the backspace key.
  if (key.backspace || key.delete) return 'backspace'
  return undefined
}

const CONTROL_KEYS: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\u007f': 'backspace',
  '\b': 'backspace',
}

/** Keys that are pressed fast come together; more than so many characters at once were pasted. */
const MOST_TOGETHER = 8

/** `input`: the characters that came with the key, several when keys were pressed fast or text was pasted. */
export function keysOf(input: string, key: RawKey): Key[] {
  const name = named(key)
  if (name !== undefined) return [{ name, text: '' }]
  if (key.ctrl) return [{ name: `ctrl-${input}`, text: '' }]
  if (key.meta) return [{ name: `alt-${input}`, text: '' }]
  return [...input.matchAll(/[\r\n\t\u007f\b]|[^\r\n\t\u007f\b]+/gu)].flatMap(([piece]): Key[] => {
    const control = CONTROL_KEYS[piece]
    if (control !== undefined) return [{ name: control, text: '' }]
    const characters = Array.from(piece)
    const pressed = characters.length <= MOST_TOGETHER ? characters : [piece]
    return pressed.map((text) => ({ name: text, text }))
  })
}

/** Where the cursor of a list goes by a key; undefined when the key moves nothing. `page`: rows that are seen at once. */
export function moved(key: Key, index: number, length: number, page: number): number | undefined {
  const last = Math.max(0, length - 1)
  const to = (wanted: number) => Math.max(0, Math.min(last, wanted))
  const half = Math.max(1, Math.floor(page / 2))
  switch (key.name) {
    case 'up':
    case 'k':
      return to(index - 1)
    case 'down':
    case 'j':
      return to(index + 1)
    case 'ctrl-u':
      return to(index - half)
    case 'ctrl-d':
      return to(index + half)
    case 'pageup':
    case 'ctrl-b':
      return to(index - page)
    case 'pagedown':
    case 'ctrl-f':
      return to(index + page)
    case 'home':
    case 'g':
      return 0
    case 'end':
    case 'G':
      return last
    default:
      return undefined
  }
}

/** A line that is being typed, after a key. */
export function typed(text: string, key: Key): string {
  if (key.name === 'backspace') return text.replace(/.$/su, '')
  if (key.name === 'ctrl-u') return ''
  if (key.name === 'ctrl-w') return text.replace(/\S*\s*$/u, '')
  return (text + key.text).slice(0, 200)
}
