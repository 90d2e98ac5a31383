// Plans as real agents use them up: what is left is told by the answers alone; a used-up plan is left out from the next turn on,
// not in the middle of a task, and used again after its reset without a restart.

import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { parseJson } from '../../src/base/json.js'
import { controlClient } from '../../src/control/client.js'
import type { QuotaNotice } from '../../src/control/quota-notice.js'
import { quotaReply } from '../../src/control/quota-schema.js'
import {
  AGAIN_PROMPT,
  AGAIN_TEXT,
  HELLO_PROMPT,
  HELLO_TEXT,
  SCRIPTS,
  TASK,
  TASK_FINAL_TEXT,
  TASK_PROMPT,
} from '../support/upstream/task.js'
import { startUpstream } from '../support/upstream/upstream.js'
import { claude, codex } from './bench/agent.js'
import { type Home, makeHome } from './bench/home.js'
import { type Hub, startHub } from './bench/hub.js'
import { converse } from './bench/interactive.js'
import { logInClaude, logInCodex } from './bench/logins.js'
import { type Telling, type Told, withPlan } from './bench/plans.js'
import { hasTmux } from './bench/terminal.js'
import { configOf, MESSAGES, RESPONSES } from './bench/upstreams.js'

const cleanups: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const HOUR = 3_600_000
/** Long enough for a task and the turn after it, on a busy machine too. */
const RESET_MS = 45_000

const CASES = [
  { agent: codex, route: RESPONSES, logIn: logInCodex },
  { agent: claude, route: MESSAGES, logIn: logInClaude },
]

type Plan = { told: Told; telling: Telling }

/** The agent with its plan before a channel that is paid by a key. */
async function connected({ agent, route, logIn }: (typeof CASES)[number]) {
  const plan: Plan = { told: undefined, telling: 'headers' }
  const home = makeHome()
  cleanups.push(() => home.remove())
  const options = { scripts: SCRIPTS, folder: home.work }
  const provider = withPlan(
    route.provider,
    () => plan.told,
    () => plan.telling,
  )
  const own = await startUpstream({ ...options, provider, server: 'first' })
  const spare = await startUpstream({ ...options, provider: route.provider, server: 'second' })
  cleanups.push(
    () => own.close(),
    () => spare.close(),
  )
  logIn(home)
  const endpoint = (url: string) => `endpoints: { ${route.provider.protocol}: "${url}" }, models: ["*"]`
  const hub = await startHub(
    home,
    [
      'provider_quota: { check_interval: off }',
      'channels:',
      `  - { name: ${agent.name}, provider: ${agent.name}, auth: client, ${endpoint(own.baseUrl)} }`,
      `  - { name: spare, api_key: sk-spare, priority: 1, ${endpoint(spare.baseUrl)} }`,
      '',
    ].join('\n'),
  )
  cleanups.push(() => hub.stop())
  await hub.connect(agent.name)
  return { plan, home, own, spare, hub }
}

async function leftOf(hub: Hub) {
  const shown = await hub.axonhub('quota', '--json')
  const { accounts } = quotaReply.parse(parseJson(shown.stdout))
  return accounts.flatMap(({ channel, meters }) =>
    meters.map(({ name, leftPercent, source }) => ({ channel, name, leftPercent, source })),
  )
}

/** The notices that whoever watches the hub is told. */
function watch(home: Home): QuotaNotice[] {
  const notices: QuotaNotice[] = []
  const stop = new AbortController()
  const socket = join(home.home, '.axonhub', 'run', 'axonhub.sock')
  const watching = (async () => {
    for await (const event of controlClient(socket).events(stop.signal))
      if (event.type === 'quota-notice') notices.push(event)
  })().catch(() => undefined)
  cleanups.push(async () => {
    stop.abort()
    await watching
  })
  return notices
}

describe.each(CASES)('$agent.title with a plan', (setting) => {
  const { agent } = setting

  it('tells what is left, ends its task there, goes on elsewhere, and comes back after the reset', async () => {
    const { plan, home, own, spare, hub } = await connected(setting)
    const notices = watch(home)
    plan.told = { percent: 42, resetsAt: Date.now() + HOUR }
    plan.telling = 'event'
    expect((await agent.ask(home, HELLO_PROMPT)).stdout.trim()).toBe(HELLO_TEXT)
    const source = agent.name === 'codex' ? 'event' : 'header'
    expect(await leftOf(hub)).toEqual([{ channel: agent.name, name: '5h', leftPercent: 58, source }])

    plan.told = { percent: 100, resetsAt: Date.now() + RESET_MS }
    plan.telling = 'headers'
    const resetsAt = plan.told.resetsAt
    expect((await agent.ask(home, TASK_PROMPT)).stdout.trim()).toBe(TASK_FINAL_TEXT)
    expect([own.steps().length, spare.steps().length]).toEqual([1 + TASK.steps.length, 0])
    expect((await leftOf(hub))[0]?.leftPercent).toBe(0)
    expect(notices.map(({ crossing }) => crossing)).toEqual(['exhausted'])

    expect((await agent.askAgain(home, AGAIN_PROMPT)).stdout.trim()).toBe(AGAIN_TEXT)
    expect(Date.now()).toBeLessThan(resetsAt)
    expect([own.steps().length, spare.steps().length]).toEqual([1 + TASK.steps.length, 1])

    await pause(Math.max(0, resetsAt + 6000 - Date.now()))
    expect(notices.map(({ crossing }) => crossing)).toEqual(['exhausted', 'recovered'])
    plan.told = undefined
    expect((await agent.askAgain(home, AGAIN_PROMPT)).stdout.trim()).toBe(AGAIN_TEXT)
    expect([own.steps().length, spare.steps().length]).toEqual([2 + TASK.steps.length, 1])

    const asked = [...own.exchanges, ...spare.exchanges]
    expect(asked.filter(({ kind }) => kind === 'unknown')).toEqual([])
    expect([...own.violations(), ...spare.violations()]).toEqual([])
  })
})

describe.skipIf(!hasTmux())(
  `${claude.title} with the status line of init (skipped where tmux is absent)`,
  () => {
    it('shows route, battery and context after an answer', async () => {
      const home = makeHome()
      cleanups.push(() => home.remove())
      const told = { percent: 42, resetsAt: Date.now() + HOUR }
      const provider = withPlan(
        MESSAGES.provider,
        () => told,
        () => 'headers',
      )
      const upstream = await startUpstream({ provider, scripts: SCRIPTS, folder: home.work })
      cleanups.push(() => upstream.close())
      const hub = await startHub(home, configOf(MESSAGES, upstream.baseUrl))
      cleanups.push(() => hub.stop())
      claude.settle(home)
      await hub.connect('claude', '--statusline')
      await converse(claude, home, [
        {
          prompt: HELLO_PROMPT,
          answer: HELLO_TEXT,
          after: (terminal) => terminal.waitFor(/claude-\S+.* · scripted .* 58% 5h · context \d+% of 1M/),
        },
      ])
      expect(upstream.violations()).toEqual([])
    })
  },
)
