// Gemini CLI through the hub: the whole scripted task, relayed to a provider of Gemini and converted to each other protocol,
// and init with undo. It is not among the pinned agents; AXONHUB_GEMINI names the folder of its program.

import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { isObject, parseJson } from '../../src/base/json.js'
import {
  SCRIPTS,
  TASK,
  TASK_FILE,
  TASK_FINAL_CONTENT,
  TASK_FINAL_TEXT,
  TASK_PROMPT,
} from '../support/upstream/task.js'
import { startUpstream } from '../support/upstream/upstream.js'
import { type Home, makeHome } from './bench/home.js'
import { startHub } from './bench/hub.js'
import { run } from './bench/run.js'
import { configOf, GOOGLE, MESSAGES, PLAIN_CHAT, RESPONSES } from './bench/upstreams.js'

const folder = process.env['AXONHUB_GEMINI']
const cleanups: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function geminiHome(): Home {
  const home = makeHome()
  cleanups.push(() => home.remove())
  const path = [folder, home.environment['PATH']].join(delimiter)
  home.write('.gemini/settings.json', JSON.stringify({ privacy: { usageStatisticsEnabled: false } }))
  return { ...home, environment: { ...home.environment, PATH: path } }
}

/** `--model`: by itself the client first asks which of its models suits the question. */
const ARGUMENTS = ['--model', 'some-model', '--yolo', '--skip-trust', '-p', TASK_PROMPT]

describe.skipIf(folder === undefined)('Gemini CLI (skipped because AXONHUB_GEMINI is not set)', () => {
  it.each([GOOGLE, PLAIN_CHAT, RESPONSES, MESSAGES])(
    'does the task on $title, and nothing twice',
    async (route) => {
      const home = geminiHome()
      const upstream = await startUpstream({ provider: route.provider, scripts: SCRIPTS, folder: home.work })
      cleanups.push(() => upstream.close())
      const hub = await startHub(home, configOf(route, upstream.baseUrl))
      cleanups.push(() => hub.stop())
      await hub.connect('gemini')
      const ran = await hub.axonhub('run', 'gemini', '--', ...ARGUMENTS)
      expect(upstream.violations()).toEqual([])
      expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining(TASK_FINAL_TEXT)])
      expect(ran.stderr).not.toMatch(/attempt|retry|invalid|malformed|signature/i)
      expect(readFileSync(join(home.work, TASK_FILE), 'utf8')).toBe(TASK_FINAL_CONTENT)
      expect(upstream.exchanges.map(({ kind }) => kind)).toEqual(TASK.steps.map(() => 'step'))
      const listed = parseJson((await hub.axonhub('trace', 'list', '--agent', 'gemini', '--json')).stdout)
      expect(listed).toMatchObject([{ agent: 'gemini-cli', agentVersion: expect.stringMatching(/^\d+\./) }])
    },
  )

  it('finds the hub by itself after init in a folder that it trusts, and undo leaves its settings', async () => {
    const home = geminiHome()
    const before = readFileSync(join(home.home, '.gemini/settings.json'), 'utf8')
    const hub = await startHub(home, 'channels: []\n', '--demo')
    cleanups.push(() => hub.stop())
    await hub.connect('gemini', '--model', 'demo-large')
    const ran = await run(home, [join(folder ?? '', 'gemini'), '--yolo', '--skip-trust', '-p', 'Say hello'])
    expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining('The tool said')])
    await hub.axonhub('undo', 'gemini')
    const after = readFileSync(join(home.home, '.gemini/settings.json'), 'utf8')
    expect(isObject(parseJson(after)) ? after : '').toBe(before)
    expect(existsSync(join(home.home, '.gemini/.env'))).toBe(false)
  })
})
