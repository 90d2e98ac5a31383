// The base line: each agent does the task straight at a provider of its own protocol, without the hub. It shows
// that the scripts and the validators are right about the real clients.

import { afterEach, describe, expect, it } from 'vitest'
import { ANTHROPIC } from '../support/upstream/anthropic/provider.js'
import { OPENAI_RESPONSES } from '../support/upstream/openai-responses/provider.js'
import { AGAIN_PROMPT, SCRIPTS, TASK_PROMPT } from '../support/upstream/task.js'
import { startUpstream } from '../support/upstream/upstream.js'
import { claude, codex, codexCodeMode } from './bench/agent.js'
import { expectResumed, expectTaskDone } from './bench/expect.js'
import { makeHome } from './bench/home.js'
import { greet } from './bench/interactive.js'
import { hasTmux } from './bench/terminal.js'

const cleanups: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

describe.each([
  { agent: codex, provider: OPENAI_RESPONSES },
  { agent: codexCodeMode, provider: OPENAI_RESPONSES },
  { agent: claude, provider: ANTHROPIC },
])('$agent.title without the hub', ({ agent, provider }) => {
  it('does the task and goes on with it', async () => {
    const home = makeHome()
    cleanups.push(() => home.remove())
    const upstream = await startUpstream({ provider, scripts: SCRIPTS, folder: home.work })
    cleanups.push(() => upstream.close())
    agent.connectDirectly(home, upstream.baseUrl)

    expectTaskDone(agent, home, upstream, await agent.ask(home, TASK_PROMPT))
    expectResumed(agent, upstream, await agent.askAgain(home, AGAIN_PROMPT))
    expect(upstream.violations()).toEqual([])
  })

  it.skipIf(!hasTmux())(
    'starts in a terminal and answers the first prompt (skipped where tmux is absent)',
    async () => {
      const home = makeHome()
      cleanups.push(() => home.remove())
      const upstream = await startUpstream({ provider, scripts: SCRIPTS, folder: home.work })
      cleanups.push(() => upstream.close())
      agent.connectDirectly(home, upstream.baseUrl)

      await greet(agent, home)
      expect(upstream.violations()).toEqual([])
      expect(upstream.steps()).toHaveLength(1)
    },
  )
})
