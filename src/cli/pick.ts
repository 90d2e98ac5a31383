// Shows a list with search on the terminal and returns what was taken. The list is gone afterwards; one line stays.

import { HubError } from '../base/errors.js'
import type { Cli } from './cli.js'
import { keysIn, nextPick, type PickItem, type PickState, pickLines, startPick } from './pick-state.js'
import { choose } from './prompt.js'
import { widthOf } from './table.js'

const CLEAR_BELOW = '\r\u001b[J'

function canceled(): HubError {
  return new HubError('canceled', 'Canceled; nothing was changed.')
}

function rowsUp(count: number): string {
  return count === 0 ? '' : `\u001b[${count}A`
}

/** The question with the search, and the list below; the cursor ends behind the search. */
function frame(question: string, state: PickState, width: number): string {
  const lines = pickLines(state, width)
  const head = `${question}: ${state.query}`
  return `${CLEAR_BELOW}${[head, ...lines].join('\n')}${rowsUp(lines.length)}\r\u001b[${widthOf(head)}C`
}

function picked(cli: Cli, question: string, start: PickState): Promise<readonly string[]> {
  const { stdin, stderr } = cli.deps
  return new Promise((resolve, reject) => {
    let state = start
    const close = (last: string) => {
      stdin.off('data', read)
      stdin.off('end', end)
      stdin.setRawMode?.(false)
      stdin.pause()
      stderr.write(`${CLEAR_BELOW}${last}\n`)
    }
    const end = () => {
      close(`${question}:`)
      reject(canceled())
    }
    const read = (chunk: Buffer | string) => {
      for (const key of keysIn(chunk.toString())) {
        const step = nextPick(state, key)
        if (step.type === 'canceled') return end()
        if (step.type === 'picked') {
          close(`${question}: ${step.names.length === 0 ? 'all' : step.names.join(', ')}`)
          return resolve(step.names)
        }
        state = step.state
      }
      stderr.write(frame(question, state, cli.out.width))
    }
    stdin.setRawMode?.(true)
    stdin.resume()
    stdin.on('data', read)
    stdin.on('end', end)
    stderr.write(frame(question, state, cli.out.width))
  })
}

/** A terminal that cannot move its cursor gets a plain list. */
function isPlain({ deps }: Cli): boolean {
  return deps.env['TERM'] === 'dumb' || deps.stdin.setRawMode === undefined
}

/** One of the items, by name. Throws HubError `canceled` on Ctrl-C, Ctrl-D, Escape or the end of the input. */
export async function pickOne(cli: Cli, question: string, items: readonly PickItem[]): Promise<string> {
  if (isPlain(cli)) return choose(cli, question, items)
  const [name] = await picked(cli, question, startPick(items, false))
  if (name === undefined) throw canceled()
  return name
}

/** Any number of the items, by name, none included. Throws as `pickOne` does. */
export async function pickMany(
  cli: Cli,
  question: string,
  items: readonly PickItem[],
): Promise<readonly string[]> {
  if (isPlain(cli)) return []
  return picked(cli, question, startPick(items, true))
}
