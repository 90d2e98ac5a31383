// `axonhub run`: an agent goes through the hub for one process, and no file of it changes.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { SCRIPTS, TASK_PROMPT } from '../support/upstream/task.js'
import { startUpstream } from '../support/upstream/upstream.js'
import { type Agent, claude, codex } from './bench/agent.js'
import { expectTaskDone } from './bench/expect.js'
import { type Home, makeHome } from './bench/home.js'
import { startHub } from './bench/hub.js'
import { configOf, MESSAGES, RESPONSES } from './bench/upstreams.js'

const cleanups: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** What init would have written into. */
const CONFIG: Record<Agent['name'], string> = { codex: '.codex/config.toml', claude: '.claude/settings.json' }

function configOfAgent(agent: Agent, home: Home): string | undefined {
  const path = join(home.home, CONFIG[agent.name])
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

describe.each([
  { agent: codex, route: MESSAGES },
  { agent: claude, route: RESPONSES },
])('axonhub run with $agent.title on $route.title', ({ agent, route }) => {
  it('does the task without init and leaves the configuration as it was', async () => {
    const home = makeHome()
    cleanups.push(() => home.remove())
    const upstream = await startUpstream({ provider: route.provider, scripts: SCRIPTS, folder: home.work })
    cleanups.push(() => upstream.close())
    const hub = await startHub(home, configOf(route, upstream.baseUrl))
    cleanups.push(() => hub.stop())
    agent.settle(home)
    const before = configOfAgent(agent, home)

    const ran = await hub.axonhub('run', agent.name, '--', ...agent.oneTask(TASK_PROMPT))
    expectTaskDone(agent, home, upstream, ran)
    expect(configOfAgent(agent, home)).toBe(before)
  })
})
