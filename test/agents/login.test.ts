// People with a ChatGPT or Claude plan: the agent's own login goes through the hub to its maker, untouched, or
// stays at home when the person chose the hub's key.

import { afterEach, describe, expect, it } from 'vitest'
import { ANTHROPIC } from '../support/upstream/anthropic/provider.js'
import { OPENAI_RESPONSES } from '../support/upstream/openai-responses/provider.js'
import { SCRIPTS, TASK_PROMPT } from '../support/upstream/task.js'
import { startUpstream, type Upstream } from '../support/upstream/upstream.js'
import { claude, codex } from './bench/agent.js'
import { expectTaskDone } from './bench/expect.js'
import { type Home, makeHome } from './bench/home.js'
import { type Hub, startHub } from './bench/hub.js'
import { CLAUDE_TOKEN, CODEX_ACCOUNT, CODEX_TOKEN, logInClaude, logInCodex } from './bench/logins.js'

const cleanups: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const cases = [
  {
    agent: codex,
    provider: OPENAI_RESPONSES,
    protocol: 'openai-responses',
    token: CODEX_TOKEN,
    genuine: { 'chatgpt-account-id': CODEX_ACCOUNT },
    logIn: logInCodex,
  },
  {
    agent: claude,
    provider: ANTHROPIC,
    protocol: 'anthropic-messages',
    token: CLAUDE_TOKEN,
    genuine: { 'anthropic-beta': expect.stringContaining('oauth-2025-04-20') },
    logIn: logInClaude,
  },
]

describe.each(cases)('$agent.title with a plan', ({ agent, provider, protocol, token, genuine, logIn }) => {
  async function connect(
    login: string[],
    credential: string,
  ): Promise<{ home: Home; upstream: Upstream; hub: Hub }> {
    const home = makeHome()
    cleanups.push(() => home.remove())
    logIn(home)
    const upstream = await startUpstream({ provider, scripts: SCRIPTS, folder: home.work })
    cleanups.push(() => upstream.close())
    const channel = `provider: ${agent.name}, endpoints: { ${protocol}: "${upstream.baseUrl}" }, ${credential}`
    // The hub would ask the maker for the plan's figures as well; here only what the agent sends is looked at.
    const config = `provider_quota: { check_interval: off }\nchannels:\n  - { name: ${agent.name}, models: ["*"], ${channel} }\n`
    const hub = await startHub(home, config)
    cleanups.push(() => hub.stop())
    await hub.connect(agent.name, ...login)
    return { home, upstream, hub }
  }

  it('keeps the login: the maker gets it from the agent, and nothing of the hub', async () => {
    const { home, upstream } = await connect([], 'auth: client')
    expectTaskDone(agent, home, upstream, await agent.ask(home, TASK_PROMPT))
    for (const step of upstream.steps()) {
      expect(step.headers.authorization).toBe(`Bearer ${token}`)
      expect(step.headers).not.toHaveProperty('x-axonhub-key')
      expect(step.headers).toMatchObject(genuine)
    }
  })

  it('with --login key sends the hub’s key, and the login stays at home', async () => {
    const { home, upstream } = await connect(['--login', 'key'], 'api_key: sk-scripted')
    expectTaskDone(agent, home, upstream, await agent.ask(home, TASK_PROMPT))
    for (const step of upstream.steps()) expect(JSON.stringify(step.headers)).not.toContain(token)
  })
})
