// The main job: after `axonhub init` each agent does its task through the hub, on an upstream of its own protocol
// and of each other one, and nobody at either end can tell.

import { afterEach, describe, expect, it } from 'vitest'
import { AGAIN_PROMPT, SCRIPTS, TASK_PROMPT } from '../support/upstream/task.js'
import { startUpstream } from '../support/upstream/upstream.js'
import { claude, codex } from './bench/agent.js'
import { expectResumed, expectTaskDone } from './bench/expect.js'
import { makeHome } from './bench/home.js'
import { startHub } from './bench/hub.js'
import { traceIds } from './bench/traces.js'
import { configOf, MESSAGES, PLAIN_CHAT, RESPONSES } from './bench/upstreams.js'

const cleanups: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

describe.each([
  { agent: codex, route: RESPONSES },
  { agent: codex, route: MESSAGES },
  { agent: codex, route: PLAIN_CHAT },
  { agent: claude, route: MESSAGES },
  { agent: claude, route: RESPONSES },
  { agent: claude, route: PLAIN_CHAT },
])('$agent.name $agent.version on $route.title', ({ agent, route }) => {
  it('does the task through the hub and goes on with it in the same trace', async () => {
    const home = makeHome()
    cleanups.push(() => home.remove())
    const upstream = await startUpstream({ provider: route.provider, scripts: SCRIPTS, folder: home.work })
    cleanups.push(() => upstream.close())
    const hub = await startHub(home, configOf(route, upstream.baseUrl))
    cleanups.push(() => hub.stop())
    agent.settle(home)
    await hub.connect(agent.name)

    expectTaskDone(agent, home, upstream, await agent.ask(home, TASK_PROMPT))
    const traces = await traceIds(hub)
    expect(traces).toHaveLength(1)

    expectResumed(agent, upstream, await agent.askAgain(home, AGAIN_PROMPT))
    expect(await traceIds(hub)).toEqual(traces)
  })
})
