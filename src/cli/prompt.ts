// Questions to a person on a terminal. Questions and echoes go to stderr, so that stdout stays data.

import { createInterface } from 'node:readline/promises'
import { HubError } from '../base/errors.js'
import { nearest } from '../base/nearest.js'
import type { Cli } from './cli.js'

/** Whether somebody can be asked. */
export function canAsk({ deps }: Cli): boolean {
  return deps.stdin.isTTY === true && deps.stderr.isTTY === true
}

function canceled(): HubError {
  return new HubError('canceled', 'Canceled; nothing was changed.')
}

/** One line, trimmed. Throws HubError `canceled` when the input ends. */
export async function ask(cli: Cli, question: string): Promise<string> {
  const reading = createInterface({ input: cli.deps.stdin, output: cli.deps.stderr })
  const ended = new Promise<never>((_, reject) => {
    reading.once('close', () => reject(canceled()))
    reading.once('SIGINT', () => reject(canceled()))
  })
  try {
    return (await Promise.race([reading.question(question), ended])).trim()
  } finally {
    ended.catch(() => undefined)
    reading.close()
  }
}

/** Yes or no; an empty answer is `fallback`. */
export async function confirm(cli: Cli, question: string, fallback: boolean): Promise<boolean> {
  for (;;) {
    const answer = (await ask(cli, `${question} [${fallback ? 'Y/n' : 'y/N'}] `)).toLowerCase()
    if (answer === '') return fallback
    if (['y', 'yes'].includes(answer)) return true
    if (['n', 'no'].includes(answer)) return false
  }
}

export type Choice = { readonly name: string; readonly title: string }

function matches(choices: readonly Choice[], words: string): readonly Choice[] {
  const wanted = words.toLowerCase()
  return choices.filter(({ name, title }) => `${name} ${title}`.toLowerCase().includes(wanted))
}

function show(cli: Cli, choices: readonly Choice[]): void {
  const width = Math.max(...choices.map(({ name }) => name.length))
  for (const [index, { name, title }] of choices.entries()) {
    cli.out.note(`  ${String(index + 1).padStart(2)}  ${name.padEnd(width)}  ${title}`)
  }
}

/** One of many: by number, by name, or by words that narrow the list down. */
export async function choose(cli: Cli, question: string, choices: readonly Choice[]): Promise<string> {
  let shown = choices
  show(cli, shown)
  for (;;) {
    const answer = await ask(cli, `${question} (number, name, or a word to search): `)
    const byNumber = shown[Number(answer) - 1]
    const byName = choices.find(({ name }) => name === answer)
    const chosen = byName ?? byNumber
    if (chosen !== undefined) return chosen.name
    const found = matches(choices, answer)
    if (found.length === 1 && found[0] !== undefined && answer !== '') return found[0].name
    if (found.length > 0) {
      shown = found
      show(cli, shown)
      continue
    }
    const [close] = nearest(
      answer,
      choices.map(({ name }) => name),
    )
    cli.out.note(
      close === undefined ? `Nothing fits "${answer}".` : `Nothing fits "${answer}"; did you mean ${close}?`,
    )
  }
}

/** A line that is not shown while it is typed. Throws HubError `canceled` on Ctrl-C, Ctrl-D or the end of the input. */
export function askHidden({ deps }: Cli, question: string): Promise<string> {
  const { stdin, stderr } = deps
  stderr.write(question)
  return new Promise((resolve, reject) => {
    let typed = ''
    const finish = (settle: () => void) => {
      stdin.off('data', read)
      stdin.off('end', end)
      stdin.setRawMode?.(false)
      stdin.pause()
      stderr.write('\n')
      settle()
    }
    const end = () => finish(() => reject(canceled()))
    const read = (chunk: Buffer | string) => {
      for (const character of chunk.toString()) {
        if (character === '\r' || character === '\n') return finish(() => resolve(typed.trim()))
        if (character === '\u0003' || character === '\u0004') return end()
        if (character === '\u007f' || character === '\b') typed = typed.slice(0, -1)
        else typed += character
      }
    }
    stdin.setRawMode?.(true)
    stdin.resume()
    stdin.on('data', read)
    stdin.on('end', end)
  })
}

/** Everything on stdin, trimmed: a key that was piped in. */
export async function readStdin({ deps }: Cli): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of deps.stdin) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces).toString('utf8').trim()
}
