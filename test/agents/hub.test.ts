// The main job: after `axonhub init` each agent does its task through the hub, on an upstream of its own protocol
// and of each other one, and nobody at either end can tell.

import { afterEach, describe, expect, it } from 'vitest'
import { AGAIN_PROMPT, SCRIPTS, TASK_PROMPT } from '../support/upstream/task.js'
import { startUpstream } from '../support/upstream/upstream.js'
import { claude, codex, codexCodeMode } from './bench/agent.js'
import { expectResumed, expectTaskDone } from './bench/expect.js'
import { makeHome } from './bench/home.js'
import { startHub } from './bench/hub.js'
import { listTraces } from './bench/traces.js'
import { configOf, GOOGLE, MESSAGES, OWN_RESPONSES, PLAIN_CHAT, RESPONSES } from './bench/upstreams.js'

const cleanups: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

describe.each([
  { agent: codex, route: RESPONSES, flags: [] },
  { agent: codex, route: MESSAGES, flags: [] },
  { agent: codex, route: PLAIN_CHAT, flags: [] },
  { agent: codex, route: GOOGLE, flags: [] },
  // With a token in its file Codex asks for no catalogue, so it stays in code mode on any upstream.
  { agent: codexCodeMode, route: OWN_RESPONSES, flags: ['--auth', 'token'] },
  { agent: codexCodeMode, route: MESSAGES, flags: ['--auth', 'token'] },
  { agent: codexCodeMode, route: PLAIN_CHAT, flags: ['--auth', 'token'] },
  { agent: claude, route: MESSAGES, flags: [] },
  { agent: claude, route: RESPONSES, flags: [] },
  { agent: claude, route: PLAIN_CHAT, flags: [] },
  { agent: claude, route: GOOGLE, flags: [] },
])('$agent.title on $route.title', ({ agent, route, flags }) => {
  it('does the task through the hub and goes on with it in the same trace', async () => {
    const home = makeHome()
    cleanups.push(() => home.remove())
    const upstream = await startUpstream({ provider: route.provider, scripts: SCRIPTS, folder: home.work })
    cleanups.push(() => upstream.close())
    const hub = await startHub(home, configOf(route, upstream.baseUrl))
    cleanups.push(() => hub.stop())
    agent.settle(home)
    await hub.connect(agent.name, ...flags)

    expectTaskDone(agent, home, upstream, await agent.ask(home, TASK_PROMPT))
    expect(agent.mark.test(JSON.stringify(upstream.steps()[1]?.body))).toBe(true)
    const traces = await listTraces(hub)
    expect(traces).toEqual([{ id: expect.any(String), agent: agent.tracedAs, failed: 0 }])

    expectResumed(agent, upstream, await agent.askAgain(home, AGAIN_PROMPT))
    expect(await listTraces(hub)).toEqual(traces)
  })
})
