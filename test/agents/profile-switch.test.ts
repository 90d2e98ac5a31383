// The profile is switched while the agent is inside a tool loop: the loop ends on the model that began it, and the next turn is
// the other one's; with --now the very next request is.

import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { Script } from '../support/upstream/script.js'
import { startUpstream, type Upstream } from '../support/upstream/upstream.js'
import { claude, codex } from './bench/agent.js'
import { makeHome } from './bench/home.js'
import { startHub } from './bench/hub.js'
import { listTraces } from './bench/traces.js'
import { MESSAGES, RESPONSES, type Route } from './bench/upstreams.js'

const LOOP_PROMPT = 'Please run the two commands.'
const LOOP_TEXT = 'Both commands have run.'
const NEXT_PROMPT = 'Please say that it is over.'
const NEXT_TEXT = 'It is over.'

const SCRIPTS: readonly Script[] = [
  {
    prompt: LOOP_PROMPT,
    steps: [
      // Long enough for a command of the hub to be done in between.
      { calls: [{ intent: { type: 'run', command: 'sleep 3; echo "number-one"' }, result: /number-one/ }] },
      { calls: [{ intent: { type: 'run', command: 'echo "number-two"' }, result: /number-two/ }] },
      { text: LOOP_TEXT, calls: [] },
    ],
  },
  { prompt: NEXT_PROMPT, steps: [{ text: NEXT_TEXT, calls: [] }] },
]

const cleanups: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** config.yml: one channel in each of two profiles. */
function twoProfiles(route: Route, urls: Readonly<Record<'here' | 'there', string>>): string {
  const to = route.model ?? '$1'
  const channel = (name: 'here' | 'there') =>
    `  - { name: ${name}, endpoints: { ${route.provider.protocol}: "${urls[name]}" }, api_key: sk-${name}, models: ["*"] }`
  const profile = (name: 'here' | 'there') =>
    `  ${name}: { mappings: [{ from: "(.*)", to: "${to}", channel: ${name} }] }`
  return [
    'channels:',
    channel('here'),
    channel('there'),
    'profiles:',
    profile('here'),
    profile('there'),
    'active_profile: here',
    '',
  ].join('\n')
}

/** Resolves when the first answer of the loop is out, while the agent does what it says. */
async function loopBegan(upstream: Upstream): Promise<void> {
  while (upstream.steps()[0] === undefined) await pause(5)
}

describe.each([
  { agent: codex, route: RESPONSES },
  { agent: claude, route: MESSAGES },
])('$agent.title, when the profile is switched inside a tool loop', ({ agent, route }) => {
  it.each([
    { flags: [], here: 3, there: 1, what: 'ends the loop where it began' },
    { flags: ['--now'], here: 1, there: 3, what: 'goes on at once where --now says' },
  ])('$what', async ({ flags, here: stays, there: moves }) => {
    const home = makeHome()
    cleanups.push(() => home.remove())
    const options = { provider: route.provider, scripts: SCRIPTS, folder: home.work }
    const here = await startUpstream({ ...options, server: 'here' })
    const there = await startUpstream({ ...options, server: 'there' })
    cleanups.push(
      () => here.close(),
      () => there.close(),
    )
    const hub = await startHub(home, twoProfiles(route, { here: here.baseUrl, there: there.baseUrl }))
    cleanups.push(() => hub.stop())
    agent.settle(home)
    await hub.connect(agent.name)

    const switched = loopBegan(here).then(() => hub.axonhub('profile', 'use', 'there', ...flags))
    const ran = await agent.ask(home, LOOP_PROMPT)
    expect((await switched).code).toBe(0)
    expect({ code: ran.code, said: ran.stdout.trim() }).toEqual({ code: 0, said: LOOP_TEXT })
    const next = await agent.askAgain(home, NEXT_PROMPT)
    expect(next.stdout.trim()).toBe(NEXT_TEXT)

    expect([here.steps().length, there.steps().length]).toEqual([stays, moves])
    expect([...here.violations(), ...there.violations()]).toEqual([])
    const [trace] = await listTraces(hub)
    const shown = await hub.axonhub('trace', 'show', trace?.id ?? '')
    const kept = shown.stdout.match(/profile here: kept, and not there/g) ?? []
    // A decision that is that of the request before it is shown once.
    expect(kept).toHaveLength(flags.length === 0 ? 1 : 0)
  })
})
