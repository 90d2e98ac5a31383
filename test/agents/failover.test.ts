// A channel goes away in the middle of a task: the agent finishes all of it on the other one and notices nothing; the trace
// shows where it moved and why.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { isObject, type JsonObject, list, objects, parseJson, text } from '../../src/base/json.js'
import {
  AGAIN_PROMPT,
  AGAIN_TEXT,
  TASK,
  TASK_FILE,
  TASK_FINAL_CONTENT,
  TASK_FINAL_TEXT,
  TASK_PROMPT,
} from '../support/upstream/task.js'
import type { Upstream } from '../support/upstream/upstream.js'
import { claude, codex } from './bench/agent.js'
import { makeHome } from './bench/home.js'
import { type Hub, startHub } from './bench/hub.js'
import { listTraces } from './bench/traces.js'
import { startTwo, twoChannelsConfig } from './bench/two-channels.js'
import { MESSAGES, RESPONSES } from './bench/upstreams.js'

const cleanups: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Resolves between two turns: when the answer of that step is out, and before the agent has done what it says. */
async function afterStep(upstream: Upstream, number: number): Promise<void> {
  for (;;) {
    const step = upstream.steps()[number - 1]
    if (step !== undefined) return void (await step.closedEarly)
    await pause(2)
  }
}

type Trouble = { readonly what: string; readonly why: RegExp; strike(first: Upstream): void | Promise<void> }

const TROUBLES: readonly Trouble[] = [
  {
    what: 'dies',
    why: /channel first: failed after \d+ ms, .*(refused|closed) the connection/,
    strike: (first) => first.close(),
  },
  {
    what: 'comes to its limit',
    why: /channel first: failed after \d+ ms with status 429, Slow down/,
    strike: (first) =>
      first.fail(
        {
          type: 'answer',
          status: 429,
          body: { type: 'error', error: { type: 'rate_limit_error', message: 'Slow down.' } },
          headers: { 'retry-after': '900' },
        },
        100,
      ),
  },
]

/** The requests of the only trace, in their order. */
async function requestsOf(hub: Hub): Promise<JsonObject[]> {
  const traces = await listTraces(hub)
  expect(traces).toHaveLength(1)
  const shown = await hub.axonhub('trace', 'show', traces[0]?.id ?? '', '--json')
  const trace = parseJson(shown.stdout)
  if (!isObject(trace)) throw new Error(`trace show said ${shown.stdout}${shown.stderr}`)
  return objects(trace, 'turns').flatMap((turn) => objects(turn, 'requests'))
}

const decisionOf = (request: JsonObject = {}) =>
  list(request, 'decision')
    .filter((line) => typeof line === 'string')
    .join('\n')

const triesOf = (request: JsonObject) =>
  objects(request, 'attempts').map((one) => `${text(one, 'channel')} ${text(one, 'outcome')}`)

describe.each([
  { agent: codex, route: RESPONSES },
  { agent: claude, route: MESSAGES },
])('$agent.title, when the channel it is on', ({ agent, route }) => {
  it.each(TROUBLES)(
    '$what between two turns, finishes the task on the other',
    async ({ why, ...trouble }) => {
      const home = makeHome()
      cleanups.push(() => home.remove())
      const { first, second } = await startTwo(route, home)
      cleanups.push(
        () => first.close(),
        () => second.close(),
      )
      const urls = { first: first.baseUrl, second: second.baseUrl }
      const hub = await startHub(home, twoChannelsConfig(route, urls))
      cleanups.push(() => hub.stop())
      agent.settle(home)
      await hub.connect(agent.name)

      const struck = afterStep(first, 2).then(() => trouble.strike(first))
      const ran = await agent.ask(home, TASK_PROMPT)
      await struck
      expect({ code: ran.code, said: ran.stdout.trim() }).toEqual({ code: 0, said: TASK_FINAL_TEXT })
      expect(ran.stderr).not.toMatch(/reconnect|retry|failed/i)
      expect(readFileSync(join(home.work, TASK_FILE), 'utf8')).toBe(TASK_FINAL_CONTENT)
      const again = await agent.askAgain(home, AGAIN_PROMPT)
      expect(again.stdout.trim()).toBe(AGAIN_TEXT)

      expect([first.steps().length, second.steps().length]).toEqual([2, TASK.steps.length - 1])
      expect([...first.violations(), ...second.violations()]).toEqual([])
      const requests = (await requestsOf(hub)).filter(({ purpose }) => purpose !== 'title')
      const moved = requests.findIndex((request) => triesOf(request).length > 1)
      expect(requests.map(triesOf).filter((tries) => tries.length > 1)).toEqual([
        ['first failed', 'second completed'],
      ])
      const decision = decisionOf(requests[moved])
      expect(decision).toMatch(why)
      expect(decision).toMatch(/channel second: answered in \d+ ms/)
      const next = decisionOf(requests[moved + 1])
      expect(next).toMatch(/channel second: 1st|second.*this trace is on it/)
    },
  )
})
