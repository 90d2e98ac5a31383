// What is shown in place of a screen while there is nothing to show: no hub, and the first steps with one. Pure.

import type { Glyphs } from './glyphs.js'
import { type Area, EMPTY, type Line, line, span } from './line.js'
import type { Model } from './model.js'
import { box } from './overlay.js'
import { safeText } from './safe-text.js'
import { padEnd, wrapText } from './text-width.js'

function step(command: string, what: string, width: number): Line[] {
  return [...wrapText(what, width).map((one) => line(one)), EMPTY, [span(`  ${command}`, 'accent')]]
}

/** What a key does, under each other where it is long. */
function keyed(keys: string, what: string, width: number): Line[] {
  return wrapText(what, width - 6).map((one, index) => [
    span(padEnd(index === 0 ? keys : '', 6), 'key'),
    span(one),
  ])
}

function withoutHub(model: Model, width: number): Line[] | undefined {
  const { connection } = model.hub
  const words = (text: string, role: 'text' | 'dim' | 'bad' = 'text') =>
    wrapText(safeText(text), width).map((one) => line(one, role))
  switch (connection.type) {
    case 'absent':
      return [
        ...words('No hub is running for this home.'),
        EMPTY,
        ...keyed('enter', 'starts it in the background, where it runs on when you leave', width),
        ...keyed('q', 'leaves', width),
      ]
    case 'starting':
      return words('Starting the hub in the background …', 'dim')
    case 'failed':
      return [
        ...words(connection.message, 'bad'),
        ...(connection.hint === undefined ? [] : words(connection.hint)),
        EMPTY,
        [span('enter', 'key'), span(' tries again   '), span('q', 'key'), span(' leaves')],
      ]
    default:
      return undefined
  }
}

/** The steps that are left before a request can come through; undefined when none is. */
function firstSteps(model: Model, width: number): Line[] | undefined {
  const { status } = model.hub
  if (status === null || model.screen !== 'live' || model.screens.live.requests.size > 0) return undefined
  if (model.screens.live.traces.length > 0) return undefined
  const hasChannel = status.demo || status.channels.length > 0
  if (!hasChannel)
    return step('axonhub channel add', 'There is no channel yet. In another terminal, add a provider:', width)
  if (model.agentConnected === false)
    return step(
      'axonhub init',
      'No agent is connected yet. In another terminal, connect Codex and Claude Code:',
      width,
    )
  return wrapText('The hub is ready. Requests show up here as they run.', width).map((one) =>
    line(one, 'dim'),
  )
}

/** Undefined when the screen has something to show. */
export function welcome(model: Model, area: Area, glyphs: Glyphs): Line[] | undefined {
  const width = Math.min(72, area.width) - 4
  const lines = withoutHub(model, width) ?? firstSteps(model, width)
  if (lines === undefined) return undefined
  const shown = box('axonhub', lines, area, glyphs)
  const top = Math.max(0, Math.floor((area.height - shown.length) / 3))
  return [...Array.from({ length: top }, () => EMPTY), ...shown]
}
