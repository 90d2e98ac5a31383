// After `axonhub undo` the sessions that Codex began through the hub go on, in each of the ways that undo names.

import { afterEach, expect, it } from 'vitest'
import { AGAIN_PROMPT, SCRIPTS, TASK_PROMPT } from '../support/upstream/task.js'
import { startUpstream } from '../support/upstream/upstream.js'
import { codex } from './bench/agent.js'
import { CODEX } from './bench/agents.js'
import { expectResumed, expectTaskDone } from './bench/expect.js'
import { makeHome } from './bench/home.js'
import { startHub } from './bench/hub.js'
import { run } from './bench/run.js'
import { configOf, RESPONSES } from './bench/upstreams.js'

const FLAGS = ['--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox']
const cleanups: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function undone() {
  const home = makeHome()
  cleanups.push(() => home.remove())
  const upstream = await startUpstream({ provider: RESPONSES.provider, scripts: SCRIPTS, folder: home.work })
  cleanups.push(() => upstream.close())
  const hub = await startHub(home, configOf(RESPONSES, upstream.baseUrl))
  cleanups.push(() => hub.stop())
  // The model stands in the person's own file, so that it is the same before and after.
  home.write('.codex/config.toml', 'check_for_update_on_startup = false\nmodel = "gpt-5.5"\n')
  await hub.connect('codex')
  expectTaskDone(codex, home, upstream, await codex.ask(home, TASK_PROMPT))
  const { stdout } = await hub.axonhub('undo', 'codex')
  return { home, upstream, hub, stdout }
}

it('a session goes on through the hub with "axonhub run codex -- resume"', async () => {
  const { upstream, hub, stdout } = await undone()
  expect(stdout).toContain('axonhub run codex -- resume')
  const again = ['exec', 'resume', '--last', ...FLAGS, AGAIN_PROMPT]
  expectResumed(codex, upstream, await hub.axonhub('run', 'codex', '--', ...again))
})

it('a session goes on without the hub when the provider of its name leads elsewhere', async () => {
  const { home, upstream, hub, stdout } = await undone()
  await hub.stop()
  // As undo prints it, with the scripted provider in the place of OpenAI.
  const told = /codex -c (\S+) -c '([^']+OPENAI_API_KEY[^']+)' resume/.exec(stdout)
  const provider = (told?.[2] ?? '').replace('https://api.openai.com/v1', upstream.baseUrl)
  const ways = ['-c', told?.[1] ?? '', '-c', provider]
  const environment = { ...home.environment, OPENAI_API_KEY: 'sk-scripted' }
  const again = ['exec', 'resume', '--last', ...FLAGS, AGAIN_PROMPT]
  const ran = await run({ ...home, environment }, [CODEX, ...ways, ...again])
  expect({ code: ran.code, told: ran.code === 0 ? '' : ran.stderr }).toEqual({ code: 0, told: '' })
  expectResumed(codex, upstream, ran)
})
