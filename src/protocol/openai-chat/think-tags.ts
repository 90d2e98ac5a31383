// Models without a reasoning field open their answer with <think>…</think> inside the content (providers §3).
// Splits such content while it streams; a tag that does not open the answer is ordinary text.

export type Piece = { readonly type: 'reasoning' | 'text'; readonly text: string }

export type ThinkTags = {
  push(content: string): Piece[]
  /** Other content begins or the answer ends: from now on all is text. Returns what was held back. */
  settle(): Piece[]
  /** Nothing is held back, and all that comes is text. */
  settled(): boolean
}

const OPEN = '<think>'
const CLOSE = '</think>'

/**
 * head: `  <thi`, could still become the tag · thinking: inside the tag · gap: blank lines after `</think>` ·
 * body: ordinary text.
 */
type State =
  | { readonly at: 'head'; readonly held: string }
  | { readonly at: 'thinking'; readonly held: string }
  | { readonly at: 'gap' }
  | { readonly at: 'body' }

export function thinkTags(): ThinkTags {
  let state: State = { at: 'head', held: '' }

  function inHead(content: string): Piece[] {
    const opening = content.trimStart()
    if (opening.startsWith(OPEN)) {
      state = { at: 'thinking', held: '' }
      return inThinking(opening.slice(OPEN.length))
    }
    if (OPEN.startsWith(opening)) {
      state = { at: 'head', held: content }
      return []
    }
    state = { at: 'body' }
    return piece('text', content)
  }

  function inThinking(content: string): Piece[] {
    const end = content.indexOf(CLOSE)
    if (end >= 0) {
      state = { at: 'gap' }
      return [...piece('reasoning', content.slice(0, end)), ...inGap(content.slice(end + CLOSE.length))]
    }
    const kept = possibleClose(content)
    state = { at: 'thinking', held: content.slice(content.length - kept) }
    return piece('reasoning', content.slice(0, content.length - kept))
  }

  function inGap(content: string): Piece[] {
    const rest = content.replace(/^[\r\n]+/, '')
    if (rest !== '') state = { at: 'body' }
    return piece('text', rest)
  }

  function settle(): Piece[] {
    const left: State = state
    state = { at: 'body' }
    if (left.at === 'head') return piece('text', left.held)
    return left.at === 'thinking' ? piece('reasoning', left.held) : []
  }

  return {
    push(content) {
      switch (state.at) {
        case 'head':
          return inHead(state.held + content)
        case 'thinking':
          return inThinking(state.held + content)
        case 'gap':
          return inGap(content)
        default:
          return piece('text', content)
      }
    },
    settle,
    settled: () => state.at === 'body',
  }
}

function piece(type: Piece['type'], text: string): Piece[] {
  return text === '' ? [] : [{ type, text }]
}

/** How many characters at the end could be the beginning of the closing tag. */
function possibleClose(content: string): number {
  for (let length = Math.min(CLOSE.length - 1, content.length); length > 0; length--)
    if (CLOSE.startsWith(content.slice(content.length - length))) return length
  return 0
}
