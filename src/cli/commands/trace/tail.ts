// `axonhub trace tail`: a line when a request begins, when a try fails, and when the answer is over.

import type { ControlEvent } from '../../../control/event-schema.js'
import type { Cli } from '../../cli.js'
import { cut, plain } from '../../table.js'
import { clockTime, duration, tokens } from '../../words.js'

type Started = Extract<ControlEvent, { type: 'request-started' }>
type Finished = Extract<ControlEvent, { type: 'request-finished' }>
type Attempt = Extract<ControlEvent, { type: 'attempt-finished' }>

function label({ out }: Cli, started: Started | undefined): string {
  return started === undefined ? '' : `${out.style.accent(started.traceId.slice(0, 8))} `
}

function startLine(cli: Cli, event: Started): string {
  const purpose = event.purpose === 'turn' ? '' : ` (${event.purpose})`
  const prompt = event.prompt === undefined ? '' : ` “${cut(plain(event.prompt), 60)}”`
  return `${clockTime(event.startedAt)} ▶ ${label(cli, event)}${event.agent} asks ${event.modelAsked === '' ? 'for no model' : plain(event.modelAsked)}${purpose}${prompt}`
}

function failedTry(cli: Cli, event: Attempt, started: Started | undefined): string {
  const why = event.errorText === undefined ? `status ${event.status ?? '–'}` : plain(event.errorText)
  return `${' '.repeat(8)} ! ${label(cli, started)}try ${event.number} on ${event.channel} failed: ${why}`
}

function endLine(cli: Cli, event: Finished, started: Started | undefined): string {
  const { style } = cli.out
  const mark = { completed: style.good('✓'), failed: style.bad('✗'), canceled: style.warn('○') }[
    event.outcome
  ]
  const by = event.modelUsed === undefined ? 'nobody' : `${plain(event.modelUsed)} on ${event.channel ?? '?'}`
  const words = [
    `${by}${event.mode === undefined ? '' : event.mode === 'relay' ? ', relayed' : ', converted'}`,
    String(event.status),
    duration(event.durationMs),
    ...(event.usage === undefined ? [] : [tokens(event.usage)]),
    ...(event.notes.length === 0 ? [] : [`${event.notes.length} notes`]),
  ]
  const error = event.errorText === undefined ? '' : `\n           ${style.bad(plain(event.errorText))}`
  return `${clockTime(event.finishedAt)} ${mark} ${label(cli, started)}${words.join(' · ')}${error}`
}

/** Throws HubError `daemon-not-running`. */
export async function tail(cli: Cli, json: boolean): Promise<void> {
  const { out, deps } = cli
  const control = await cli.control()
  const ending = new AbortController()
  const stops = (['SIGINT', 'SIGTERM'] as const).map((signal) => deps.onSignal(signal, () => ending.abort()))
  const running = new Map<string, Started>()
  const show = (event: ControlEvent) => {
    switch (event.type) {
      case 'snapshot':
        for (const started of event.running) running.set(started.requestId, started)
        out.note('Watching; Ctrl-C ends it.')
        break
      case 'heartbeat':
      case 'progress':
        break
      case 'quota-notice':
        out.line(`${clockTime(Date.parse(event.at))} ${out.style.warn('!')} ${plain(event.text)}`)
        break
      case 'request-started':
        running.set(event.requestId, event)
        out.line(startLine(cli, event))
        break
      case 'attempt-finished':
        if (event.outcome === 'failed') out.line(failedTry(cli, event, running.get(event.requestId)))
        break
      case 'request-finished':
        out.line(endLine(cli, event, running.get(event.requestId)))
        running.delete(event.requestId)
        break
    }
  }
  try {
    for await (const event of control.events(ending.signal)) {
      if (deps.stdout.destroyed) return
      if (!json) show(event)
      else if (event.type !== 'heartbeat' && event.type !== 'progress') out.raw(`${JSON.stringify(event)}\n`)
    }
    if (!ending.signal.aborted) out.note('The hub has ended.')
  } catch (thrown) {
    if (!ending.signal.aborted) throw thrown
  } finally {
    for (const stop of stops) stop()
  }
}
