// What a person sees who connects an agent and starts it: no login, no warning, and the first prompt is answered,
// on an upstream of the agent's own protocol and on a foreign one.

import { afterEach, describe, expect, it } from 'vitest'
import { SCRIPTS } from '../support/upstream/task.js'
import { startUpstream } from '../support/upstream/upstream.js'
import { claude, codex } from './bench/agent.js'
import { makeHome } from './bench/home.js'
import { startHub } from './bench/hub.js'
import { greet, greetAndCheck } from './bench/interactive.js'
import { hasTmux } from './bench/terminal.js'
import { configOf, MESSAGES, PLAIN_CHAT, RESPONSES } from './bench/upstreams.js'

const cleanups: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

describe.skipIf(!hasTmux()).each([
  { agent: codex, route: RESPONSES },
  { agent: codex, route: MESSAGES },
  { agent: claude, route: MESSAGES },
  { agent: claude, route: PLAIN_CHAT },
])('$agent.title in a terminal on $route.title (skipped where tmux is absent)', ({ agent, route }) => {
  it('starts after init without a login or a warning, answers, and runs what is harmless', async () => {
    const home = makeHome()
    cleanups.push(() => home.remove())
    const upstream = await startUpstream({ provider: route.provider, scripts: SCRIPTS, folder: home.work })
    cleanups.push(() => upstream.close())
    const hub = await startHub(home, configOf(route, upstream.baseUrl))
    cleanups.push(() => hub.stop())
    agent.settle(home)
    await hub.connect(agent.name)

    if (agent.runsUnasked) await greetAndCheck(agent, home)
    else await greet(agent, home)
    expect(upstream.violations()).toEqual([])
    expect(upstream.steps()).toHaveLength(agent.runsUnasked ? 3 : 1)
    expect(upstream.exchanges.some((exchange) => exchange.kind === 'judge')).toBe(agent.asksJudge)
  })
})
