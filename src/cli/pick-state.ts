// A list on a terminal with search as one types: (state, key) → state, and the lines to show. Pure.

import { cut, plain, widthOf } from './table.js'

export type PickItem = { readonly name: string; readonly title: string }

export type PickKey =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'backspace' | 'up' | 'down' | 'mark' | 'enter' | 'cancel' | 'clear' }

export type PickState = {
  readonly items: readonly PickItem[]
  /** Several may be marked; else one is taken. */
  readonly many: boolean
  readonly query: string
  /** The position of the pointer among the items that fit. */
  readonly at: number
  readonly marked: ReadonlySet<string>
}

export type PickStep =
  | { readonly type: 'going'; readonly state: PickState }
  /** The names in the order of the list; none in a list of many: nothing was marked. */
  | { readonly type: 'picked'; readonly names: readonly string[] }
  | { readonly type: 'canceled' }

/** Rows of the list that are shown at once. */
const ROWS = 10

export function startPick(items: readonly PickItem[], many: boolean): PickState {
  return { items, many, query: '', at: 0, marked: new Set() }
}

function rank({ name, title }: PickItem, query: string): number {
  if (name === query) return 0
  if (name.startsWith(query)) return 1
  return title.toLowerCase().startsWith(query) ? 2 : 3
}

/** The items with each word of the search in name or title, those that begin with it first. */
export function fitting({ items, query }: PickState): PickItem[] {
  const wanted = query.toLowerCase().trim()
  const words = wanted.split(/\s+/u)
  return items
    .filter(({ name, title }) => words.every((word) => `${name} ${title}`.toLowerCase().includes(word)))
    .toSorted((one, other) => (wanted === '' ? 0 : rank(one, wanted) - rank(other, wanted)))
}

function searching(state: PickState, query: string): PickStep {
  return { type: 'going', state: { ...state, query, at: 0 } }
}

function moved(state: PickState, by: number): PickStep {
  const last = Math.max(0, fitting(state).length - 1)
  return { type: 'going', state: { ...state, at: Math.min(last, Math.max(0, state.at + by)) } }
}

function toggled(state: PickState): PickStep {
  const pointed = fitting(state)[state.at]
  if (pointed === undefined) return { type: 'going', state }
  const marked = new Set(state.marked)
  if (!marked.delete(pointed.name)) marked.add(pointed.name)
  return { type: 'going', state: { ...state, marked } }
}

/** In a list of many, Enter takes what is marked, also when that is nothing; the pointer alone marks nothing. */
function entered(state: PickState): PickStep {
  if (state.many) {
    const names = state.items.filter(({ name }) => state.marked.has(name)).map(({ name }) => name)
    return { type: 'picked', names }
  }
  const pointed = fitting(state)[state.at]
  return pointed === undefined ? { type: 'going', state } : { type: 'picked', names: [pointed.name] }
}

export function nextPick(state: PickState, key: PickKey): PickStep {
  switch (key.type) {
    case 'text':
      return searching(state, state.query + key.text)
    case 'backspace':
      return searching(state, Array.from(state.query).slice(0, -1).join(''))
    case 'clear':
      return searching(state, '')
    case 'up':
      return moved(state, -1)
    case 'down':
      return moved(state, 1)
    case 'mark':
      return state.many ? toggled(state) : searching(state, `${state.query} `)
    case 'enter':
      return entered(state)
    case 'cancel':
      return { type: 'canceled' }
  }
}

const ESCAPE = '\u001b'

const KEYS: Readonly<Record<string, Exclude<PickKey['type'], 'text'>>> = {
  [`${ESCAPE}[A`]: 'up',
  [`${ESCAPE}OA`]: 'up',
  [`${ESCAPE}[B`]: 'down',
  [`${ESCAPE}OB`]: 'down',
  '\r': 'enter',
  '\n': 'enter',
  ' ': 'mark',
  // Ctrl-P, Ctrl-N and Ctrl-U, as in a shell.
  '\u0010': 'up',
  '\u000e': 'down',
  '\u0015': 'clear',
  '\u007f': 'backspace',
  '\b': 'backspace',
  // Ctrl-C and Ctrl-D.
  '\u0003': 'cancel',
  '\u0004': 'cancel',
  [ESCAPE]: 'cancel',
}

/** Cuts terminal input into keys: a sequence begins with Escape and `[` or `O` and ends with a letter or `~`. */
function* keyStrokes(chunk: string): Generator<string> {
  let sequence = ''
  for (const letter of chunk) {
    if (sequence === ESCAPE && letter !== '[' && letter !== 'O') {
      yield sequence
      sequence = ''
    }
    if (sequence === '' && letter !== ESCAPE) {
      yield letter
      continue
    }
    sequence += letter
    if (sequence.length > 2 && /[A-Za-z~]/u.test(letter)) {
      yield sequence
      sequence = ''
    }
  }
  if (sequence !== '') yield sequence
}

/** What a chunk of terminal input means, key by key; keys that it does not know mean nothing. */
export function keysIn(chunk: string): PickKey[] {
  return Array.from(keyStrokes(chunk)).flatMap((stroke): PickKey[] => {
    const type = KEYS[stroke]
    if (type !== undefined) return [{ type }]
    return /^\p{Cc}/u.test(stroke) ? [] : [{ type: 'text', text: stroke }]
  })
}

function row(state: PickState, item: PickItem, index: number, nameWidth: number, width: number): string {
  const pointer = index === state.at ? '›' : ' '
  const mark = state.many ? (state.marked.has(item.name) ? '[x] ' : '[ ] ') : ''
  const name = plain(item.name)
  const padding = ' '.repeat(Math.max(0, nameWidth - widthOf(name)))
  return cut(`${pointer} ${mark}${name}${padding}  ${plain(item.title)}`.trimEnd(), width)
}

/** The lines below the question: a window of the list around the pointer, and what the keys do. */
export function pickLines(state: PickState, width: number): string[] {
  const found = fitting(state)
  const first = Math.max(0, Math.min(state.at - ROWS + 3, found.length - ROWS))
  const window = found.slice(first, first + ROWS)
  const nameWidth = Math.min(32, Math.max(0, ...state.items.map(({ name }) => widthOf(plain(name)))))
  const rows = window.map((item, index) => row(state, item, first + index, nameWidth, width))
  const nothing = found.length === 0 ? [`  Nothing fits "${plain(state.query)}".`] : []
  const keys = state.many ? 'space marks, Enter takes the marked' : 'Enter takes it'
  const marked = state.many ? `, ${state.marked.size} marked` : ''
  const help = `  ${found.length} of ${state.items.length}${marked} · type to search, ↑ ↓, ${keys}`
  return [...rows, ...nothing, cut(help, width)]
}
