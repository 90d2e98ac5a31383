// `axonhub trace replay`: a recorded request once more, and both answers beside each other.

import { HubError } from '../../../base/errors.js'
import { isObject, parseJson } from '../../../base/json.js'
import type { ShownRequest, TraceReader } from '../../../control/trace-reader.js'
import { type AnswerSide, answerSide, type CalledTool } from '../../../export/compare.js'
import type { Cli } from '../../cli.js'
import { EXIT } from '../../exit-codes.js'
import { cut, plain, table } from '../../table.js'
import { beside } from '../../trace-columns.js'
import { textLines } from '../../trace-said.js'
import { isNotFound } from '../../traces.js'
import { count, dollars, duration, inputTokens, many } from '../../words.js'
import { findRequest } from './find-request.js'

type BodyName = ShownRequest['bodies'][number]['which']

export type ReplayOptions = {
  readonly profile?: string
  readonly model?: string
  readonly channel?: string
  readonly json?: boolean
}

/** Lines of each text and of each tool call that are shown; `--json` has all. */
const MOST_LINES = 60
const MOST_CALL_LINES = 16

async function bodyText(reader: TraceReader, request: string, which: BodyName): Promise<string> {
  try {
    return Buffer.from(await reader.body({ request, which })).toString('utf8')
  } catch (thrown) {
    if (isNotFound(thrown)) return ''
    throw thrown
  }
}

/** Ctrl-C hangs up, so that nothing goes on upstream that nobody reads. */
async function interruptible<T>({ deps }: Cli, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const ending = new AbortController()
  const stops = (['SIGINT', 'SIGTERM'] as const).map((signal) => deps.onSignal(signal, () => ending.abort()))
  try {
    return await work(ending.signal)
  } catch (thrown) {
    if (!ending.signal.aborted) throw thrown
    throw new HubError('canceled', 'Stopped: the provider was told to end its answer.', {
      hint: '"axonhub trace list" has what there was until then.',
      cause: thrown,
    })
  } finally {
    for (const stop of stops) stop()
  }
}

/** Throws HubError `daemon-not-running`, `not-found`, `refused` or `profile-missing`. Exit code 1 when nobody answered. */
export async function replayRequest(cli: Cli, id: string, options: ReplayOptions): Promise<void> {
  const { out } = cli
  const control = await cli.control()
  const { json = false, ...question } = options
  const before = await findRequest(control, id)
  if (!json) out.note(`Sending ${before.id} again; Ctrl-C stops it.`)
  const removed = before.bodies.find(({ which }) => which === 'request')?.removed ?? 0
  if (removed > 0)
    out.note(
      `${many(removed, 'secret')} taken out of what is recorded: it is sent without ${removed === 1 ? 'it' : 'them'}.`,
    )
  const reply = await interruptible(cli, (signal) => control.replay(before.id, question, signal))
  const asked = await bodyText(control, before.id, 'request')
  const after = await control.showRequest(reply.requestId)
  const original = answerSide(before, asked, await bodyText(control, before.id, 'response'))
  const replay = answerSide(after, asked, reply.answer)
  if (json) out.json({ original, replay, decision: after.decision, notes: after.notes })
  else {
    show(cli, original, replay)
    if (after.notes.length > 0) out.line()
    for (const { kind, path, reason } of after.notes)
      for (const line of textLines(`${kind} ${plain(path)}: ${plain(reason)}`, '', out.width))
        out.line(out.style.warn(line))
    out.note(`The replay is request ${after.id} of trace ${after.traceId}.`)
  }
  if (after.outcome !== 'completed') cli.exit(EXIT.failed)
}

function change(before: number | null, after: number | null): string {
  if (before === null || after === null || before <= 0 || after <= 0) return ''
  const factor = after / before
  if (factor > 0.95 && factor < 1.05) return '='
  return factor >= 2
    ? `× ${factor.toFixed(1)}`
    : `${factor > 1 ? '+' : '−'}${Math.round(Math.abs(factor - 1) * 100)} %`
}

function figureRows(original: AnswerSide, replay: AnswerSide): string[][] {
  const row = (
    name: string,
    value: (side: AnswerSide) => number | null,
    word: (number: number) => string,
  ): string[] => {
    const [a, b] = [value(original), value(replay)]
    return [name, a === null ? '–' : word(a), b === null ? '–' : word(b), change(a, b)]
  }
  const words = (name: string, word: (side: AnswerSide) => string | null) => [
    name,
    word(original) ?? '–',
    word(replay) ?? '–',
    '',
  ]
  return [
    words('answered by', ({ model, channel }) =>
      model === null ? 'nobody' : `${model} on ${channel ?? '?'}`,
    ),
    words('outcome', ({ outcome, status }) => `${outcome}${status === null ? '' : ` ${status}`}`),
    words('ended by', ({ stopReason }) => stopReason),
    row('tokens in', ({ usage }) => (usage === null ? null : inputTokens(usage)), count),
    row('from cache', ({ usage }) => usage?.cacheRead ?? null, count),
    row('tokens out', ({ usage }) => usage?.output ?? null, count),
    row('of thinking', ({ usage }) => usage?.reasoning ?? null, count),
    row('cost', ({ cost }) => cost, dollars),
    row('first token', ({ firstTokenMs }) => firstTokenMs, duration),
    row('duration', ({ durationMs }) => durationMs, duration),
  ]
}

function show(cli: Cli, original: AnswerSide, replay: AnswerSide): void {
  const { out } = cli
  const columns = [
    { title: '' },
    { title: 'recorded', flexible: true },
    { title: 'replayed', flexible: true },
    { title: '', align: 'right' as const },
  ]
  for (const line of table(columns, figureRows(original, replay), out.width)) out.line(line)
  for (const side of [original, replay]) {
    if (side.error !== null)
      out.line(`${out.style.bad(side === original ? 'recorded' : 'replayed')} ${plain(side.error)}`)
  }
  if (!original.known)
    out.line(out.style.dim('The recorded answer was not kept; only its figures are known.'))
  showTexts(cli, 'Thinking', original.reasoning, replay.reasoning, MOST_CALL_LINES)
  showCalls(cli, original.toolCalls, replay.toolCalls)
  showTexts(cli, 'Text', original.text, replay.text, MOST_LINES)
}

function heading({ out }: Cli, words: string): void {
  out.line()
  out.line(out.style.bold(cut(words, out.width)))
}

function showTexts(cli: Cli, title: string, before: string, after: string, most: number): void {
  if (before === '' && after === '') return
  const same = before === after ? ', the same in both' : ''
  heading(cli, `${title}${same}`)
  for (const line of beside(before.trim(), after.trim(), cli.out.width, most)) cli.out.line(line)
}

/** The call with each argument on lines of its own. */
function callText(call: CalledTool | undefined): string {
  if (call === undefined) return '(no call)'
  const value = parseJson(call.arguments)
  const words = isObject(value)
    ? Object.entries(value).map(
        ([name, one]) => `${name}: ${typeof one === 'string' ? one : JSON.stringify(one)}`,
      )
    : [call.arguments]
  return [call.name, ...words].join('\n')
}

function showCalls(cli: Cli, before: readonly CalledTool[], after: readonly CalledTool[]): void {
  for (let index = 0; index < Math.max(before.length, after.length); index++) {
    const [one, other] = [callText(before[index]), callText(after[index])]
    heading(cli, `Tool call ${index + 1}${one === other ? ', the same in both' : ''}`)
    for (const line of beside(one, other, cli.out.width, MOST_CALL_LINES)) cli.out.line(line)
  }
}
