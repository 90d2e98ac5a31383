// Where words go: data and human text to stdout, diagnostics to stderr. Colour only on a terminal, never with NO_COLOR.

import type { CliDeps } from './deps.js'

export type Paint = (text: string) => string

export type Styles = {
  readonly bold: Paint
  readonly dim: Paint
  readonly good: Paint
  readonly bad: Paint
  readonly warn: Paint
  readonly accent: Paint
}

export type Output = {
  /** A line on stdout. */
  line(text?: string): void
  /** Text on stdout as it is, without a line end. */
  raw(text: string): void
  json(value: unknown): void
  /** A diagnostic line on stderr. */
  note(text: string): void
  readonly style: Styles
  /** Columns to fill: those of the terminal, else 80. */
  readonly width: number
}

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  good: [32, 39],
  bad: [31, 39],
  warn: [33, 39],
  accent: [36, 39],
} as const

function painter(code: readonly [number, number], colour: boolean): Paint {
  return (text) => (colour && text !== '' ? `\u001b[${code[0]}m${text}\u001b[${code[1]}m` : text)
}

function hasColour({ env, stdout }: Pick<CliDeps, 'env' | 'stdout'>): boolean {
  return stdout.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
}

export function createOutput(deps: Pick<CliDeps, 'env' | 'stdout' | 'stderr'>): Output {
  const colour = hasColour(deps)
  const paint = (name: keyof typeof CODES) => painter(CODES[name], colour)
  return {
    line: (text = '') => void deps.stdout.write(`${text}\n`),
    raw: (text) => void deps.stdout.write(text),
    json: (value) => void deps.stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    note: (text) => void deps.stderr.write(`${text}\n`),
    style: {
      bold: paint('bold'),
      dim: paint('dim'),
      good: paint('good'),
      bad: paint('bad'),
      warn: paint('warn'),
      accent: paint('accent'),
    },
    width: deps.stdout.isTTY === true ? Math.max(40, deps.stdout.columns ?? 80) : 80,
  }
}

/**
 * Calls `say` with the same output, whose lines go out together: a write of its own for each of a thousand lines takes a quarter of a
 * command's time.
 */
export function linesTogether(out: Output, say: (together: Output) => void): void {
  let lines: string[] = []
  const flush = () => {
    if (lines.length > 0) out.raw(`${lines.join('\n')}\n`)
    lines = []
  }
  say({
    ...out,
    line: (text = '') => void lines.push(text),
    raw(text) {
      flush()
      out.raw(text)
    },
    json(value) {
      flush()
      out.json(value)
    },
    note(text) {
      flush()
      out.note(text)
    },
  })
  flush()
}
