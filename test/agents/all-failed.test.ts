// Nothing is left to try: the agent stops at once with a sentence that names each channel, instead of asking again and again
// for minutes; only where a channel says that it is free within a minute it waits, and goes on by itself.

import { afterEach, describe, expect, it } from 'vitest'
import type { Fault } from '../support/upstream/fault.js'
import { HELLO_PROMPT, HELLO_TEXT } from '../support/upstream/task.js'
import { claude, codex } from './bench/agent.js'
import { makeHome } from './bench/home.js'
import { startHub } from './bench/hub.js'
import { startTwo, type TwoChannels, twoChannelsConfig } from './bench/two-channels.js'
import { MESSAGES, RESPONSES } from './bench/upstreams.js'

const cleanups: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const answer = (
  status: number,
  message: string,
  headers: Record<string, string> = {},
  code = 'x',
): Fault => ({
  type: 'answer',
  status,
  body: { type: 'error', error: { type: code, message, code } },
  headers,
})
const ALWAYS = 200

type Trouble = {
  readonly what: string
  readonly says: RegExp
  strike(two: TwoChannels): void | Promise<void>
}
const both = (fault: Fault) => (two: TwoChannels) => {
  for (const upstream of [two.first, two.second]) upstream.fail(fault, ALWAYS)
}

const TROUBLES: readonly Trouble[] = [
  {
    what: 'are at their limits for two hours',
    says: /free in 2 h/,
    strike: both(answer(429, 'Slow down.', { 'retry-after': '7200' })),
  },
  {
    what: 'are dead',
    says: /refused the connection/,
    strike: async ({ first, second }) => {
      await first.close()
      await second.close()
    },
  },
  { what: 'refuse the key', says: /bad key/i, strike: both(answer(401, 'Bad key.')) },
  {
    what: 'have no credit',
    says: /no credit/i,
    strike: both(answer(402, 'No credit left.', {}, 'insufficient_quota')),
  },
  {
    what: 'are overloaded',
    says: /overloaded/i,
    strike: both(answer(529, 'Overloaded.', {}, 'overloaded_error')),
  },
  { what: 'are broken', says: /boom/i, strike: both(answer(500, 'Boom.')) },
]

const asked = ({ first, second }: TwoChannels) =>
  [...first.exchanges, ...second.exchanges].filter(({ kind }) => kind === 'fault').length

describe.each([
  { agent: codex, route: RESPONSES },
  { agent: claude, route: MESSAGES },
])('$agent.title, when both channels', ({ agent, route }) => {
  async function connected() {
    const home = makeHome()
    cleanups.push(() => home.remove())
    const two = await startTwo(route, home)
    cleanups.push(
      () => two.first.close(),
      () => two.second.close(),
    )
    const urls = { first: two.first.baseUrl, second: two.second.baseUrl }
    const hub = await startHub(home, twoChannelsConfig(route, urls))
    cleanups.push(() => hub.stop())
    agent.settle(home)
    await hub.connect(agent.name)
    return { home, two }
  }

  it.each(TROUBLES)('$what, shows one sentence and stops', async ({ says, what, ...trouble }) => {
    const { home, two } = await connected()
    await trouble.strike(two)
    const startedAt = performance.now()
    const ran = await agent.ask(home, HELLO_PROMPT)
    const seconds = (performance.now() - startedAt) / 1000
    const said = ran.stdout + ran.stderr
    if (process.env['AXONHUB_FIGURES'] !== undefined)
      process.stdout.write(
        `FIGURE ${agent.name} | ${what} | ${asked(two)} | ${seconds.toFixed(1)} s | ${said.trim()}\n`,
      )
    expect(said).toContain('No channel could answer (first: ')
    expect(said).toMatch(says)
    expect(said).not.toMatch(/log ?in|upgrade/i)
    // Two channels, and at most one more question beside the conversation.
    expect(asked(two)).toBeLessThanOrEqual(4)
    expect(ran.code).not.toBe(0)
  })

  it('are free again in some seconds, waits and goes on by itself', async () => {
    const { home, two } = await connected()
    for (const upstream of [two.first, two.second])
      upstream.fail(answer(429, 'Slow down.', { 'retry-after': '4' }, 'rate_limit_error'), 2)
    const ran = await agent.ask(home, HELLO_PROMPT)
    if (process.env['AXONHUB_FIGURES'] !== undefined)
      process.stdout.write(
        `FIGURE ${agent.name} | free soon | ${asked(two)} | ${ran.code} | ${ran.stdout}${ran.stderr}\n`,
      )
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.stdout).toContain(HELLO_TEXT)
    expect(asked(two)).toBeLessThanOrEqual(4)
  })
})
