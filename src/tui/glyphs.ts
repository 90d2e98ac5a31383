// The signs that screens draw with: one set for terminals of UTF-8, one of ASCII alone. All are one column wide.

export type Glyphs = {
  readonly kind: 'unicode' | 'ascii'
  readonly dots: string
  readonly arrow: string
  readonly again: string
  readonly times: string
  readonly between: string
  readonly none: string
  readonly running: string
  readonly waiting: readonly string[]
  readonly done: string
  readonly failed: string
  readonly canceled: string
  readonly open: string
  readonly closed: string
  readonly child: string
  readonly warning: string
  readonly cursor: string
  readonly horizontal: string
  readonly vertical: string
  readonly topLeft: string
  readonly topRight: string
  readonly bottomLeft: string
  readonly bottomRight: string
  readonly full: string
  readonly empty: string
  /** Of bars under each other. */
  readonly slim: string
  /** From nothing to full. */
  readonly sparks: readonly string[]
  readonly up: string
  readonly down: string
}

const UNICODE: Glyphs = {
  kind: 'unicode',
  dots: '…',
  arrow: '→',
  again: '↻',
  times: '×',
  between: '·',
  none: '–',
  running: '●',
  waiting: ['◐', '◓', '◑', '◒'],
  done: '✓',
  failed: '✗',
  canceled: '○',
  open: '▾',
  closed: '▸',
  child: '└',
  warning: '!',
  cursor: '▌',
  horizontal: '─',
  vertical: '│',
  topLeft: '╭',
  topRight: '╮',
  bottomLeft: '╰',
  bottomRight: '╯',
  full: '█',
  empty: '░',
  slim: '▆',
  sparks: [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  up: '↑',
  down: '↓',
}

const ASCII: Glyphs = {
  kind: 'ascii',
  dots: '~',
  arrow: '>',
  again: '@',
  times: 'x',
  between: '-',
  none: '-',
  running: '*',
  waiting: ['|', '/', '-', '\\'],
  done: '+',
  failed: 'x',
  canceled: 'o',
  open: 'v',
  closed: '>',
  child: '`',
  warning: '!',
  cursor: '>',
  horizontal: '-',
  vertical: '|',
  topLeft: '+',
  topRight: '+',
  bottomLeft: '+',
  bottomRight: '+',
  full: '#',
  empty: '.',
  slim: '=',
  sparks: [' ', '.', ':', '-', '=', '+', '*', '#', '@'],
  up: '^',
  down: 'v',
}

export function glyphsFor(kind: Glyphs['kind']): Glyphs {
  return kind === 'unicode' ? UNICODE : ASCII
}

/** Signs of ours that a terminal without UTF-8 is told differently; all else becomes `?`, one for each column. */
const SPELLED: Readonly<Record<string, string>> = {
  '…': '~',
  '–': '-',
  '—': '-',
  '·': '-',
  '→': '>',
  '×': 'x',
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  '≈': '~',
  '␛': '^',
}

/** The text in ASCII, as wide as it was. */
export function inAscii(text: string, widthOf: (text: string) => number): string {
  return text.replace(/[^\u0020-\u007e]/gu, (one) => SPELLED[one] ?? '?'.repeat(widthOf(one)))
}
