// `axonhub logs`: the hub's log for a person; works with the hub off.

import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { isObject, type JsonObject, type JsonValue, number, parseJson, text } from '../../base/json.js'
import type { Cli } from '../cli.js'
import { examples } from '../help.js'
import { plain } from '../table.js'
import { clockTime } from '../words.js'

type Options = { readonly follow?: boolean; readonly lines: number; readonly json?: boolean }

const POLL_MS = 200
/** The log is rotated at 5 MiB, so its end is never far. */
const LARGEST = 16 * 1024 * 1024

function readLines(value: string): number {
  if (/^\d{1,6}$/.test(value)) return Number(value)
  throw new InvalidArgumentError('It is a number of lines.')
}

/** The file from `from` on, whole lines only, and where the next reading begins. */
function readFrom(file: string, from: number): { readonly lines: string[]; readonly next: number } {
  const size = existsSync(file) ? statSync(file).size : 0
  const start = Math.max(from, size - LARGEST)
  if (size <= start) return { lines: [], next: from }
  const bytes = Buffer.alloc(size - start)
  const handle = openSync(file, 'r')
  try {
    const read = readSync(handle, bytes, 0, bytes.length, start)
    const whole = bytes.subarray(0, read)
    const end = whole.lastIndexOf('\n') + 1
    const lines = whole.subarray(0, end).toString('utf8').split('\n')
    return { lines: lines.filter((line) => line !== ''), next: start + end }
  } finally {
    closeSync(handle)
  }
}

function shown(value: JsonValue): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  return /[\s"=]/.test(value) ? JSON.stringify(value) : value
}

function fieldsOf(entry: JsonObject): string {
  return Object.entries(entry)
    .filter(([name]) => !['level', 'time', 'event'].includes(name))
    .map(([name, value]) => `${name}=${shown(value)}`)
    .join(' ')
}

/** `{"level":30,"time":"2026-11-20T10:00:00.000Z","event":"hub.started",…}` → `11:00:00 hub.started port=8090` */
function readable({ out }: Cli, line: string): string {
  const entry = parseJson(line)
  if (!isObject(entry)) return plain(line)
  const level = number(entry, 'level') ?? 30
  const paint = level >= 50 ? out.style.bad : level >= 40 ? out.style.warn : (words: string) => words
  const word = level >= 50 ? 'error ' : level >= 40 ? 'warn ' : ''
  const time = Date.parse(text(entry, 'time') ?? '')
  const at = Number.isNaN(time) ? '' : `${out.style.dim(clockTime(time))} `
  return `${at}${paint(`${word}${plain(text(entry, 'event') ?? text(entry, 'msg') ?? '')}`)} ${plain(fieldsOf(entry))}`.trimEnd()
}

function fileId(file: string): number {
  return existsSync(file) ? statSync(file).ino : 0
}

/** New lines as they come, over rotations, until Ctrl-C. */
async function follow(cli: Cli, from: number, write: (lines: readonly string[]) => void): Promise<void> {
  const file = cli.paths().log
  let ended = false
  const stops = (['SIGINT', 'SIGTERM'] as const).map((signal) =>
    cli.deps.onSignal(signal, () => {
      ended = true
    }),
  )
  let at = from
  let known = fileId(file)
  while (!ended && !cli.deps.stdout.destroyed) {
    const now = fileId(file)
    if (now !== known) at = 0
    known = now
    const { lines, next } = readFrom(file, at)
    at = next
    write(lines)
    await sleep(POLL_MS)
  }
  for (const stop of stops) stop()
}

async function logs(cli: Cli, options: Options): Promise<void> {
  const write = (lines: readonly string[]) => {
    for (const line of lines) cli.out.line(options.json === true ? line : readable(cli, line))
  }
  const file = cli.paths().log
  const { lines, next } = readFrom(file, 0)
  if (lines.length === 0 && options.follow !== true) cli.out.note(`Nothing is logged yet in ${file}.`)
  write(options.lines === 0 ? [] : lines.slice(-options.lines))
  if (options.follow === true) await follow(cli, next, write)
}

export function configure(command: Command, cli: Cli): void {
  command
    .option('-f, --follow', 'go on with new lines until Ctrl-C')
    .option('-n, --lines <number>', 'this many of the last lines', readLines, 50)
    .option('--json', 'the lines as they are in the file: one JSON object each')
    .addHelpText(
      'after',
      examples(['axonhub logs', 'the last 50 lines'], ['axonhub logs -f -n 0', 'only what happens now']),
    )
    .action((options: Options) => logs(cli, options))
}
