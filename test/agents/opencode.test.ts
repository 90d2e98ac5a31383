// OpenCode through the hub: connected by init, and for one process by run. It is not among the pinned agents, since its package runs
// a script when it is installed; AXONHUB_OPENCODE names the folder of its program.

import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { isObject, parseJson } from '../../src/base/json.js'
import { type Home, makeHome } from './bench/home.js'
import { startHub } from './bench/hub.js'
import { run } from './bench/run.js'

const folder = process.env['AXONHUB_OPENCODE']
const cleanups: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function demo() {
  const home = makeHome()
  cleanups.push(() => home.remove())
  const path = [folder, home.environment['PATH']].join(delimiter)
  const found: Home = { ...home, environment: { ...home.environment, PATH: path } }
  const hub = await startHub(found, 'channels: []\n', '--demo')
  cleanups.push(() => hub.stop())
  return { home: found, hub }
}

describe.skipIf(folder === undefined)('OpenCode (skipped because AXONHUB_OPENCODE is not set)', () => {
  it('calls a tool and ends its turn through "axonhub run opencode", and no file of it is written', async () => {
    const { hub } = await demo()
    const ran = await hub.axonhub('run', 'opencode', '-m', 'demo-large', '--', 'run', 'Say hello')
    expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining('This is the demo model')])
    expect(ran.stdout).toContain('The tool said')
    const listed = parseJson((await hub.axonhub('trace', 'list', '--agent', 'opencode', '--json')).stdout)
    expect(listed).toMatchObject([{ agent: 'opencode', agentVersion: expect.stringMatching(/^\d+\./) }])
  })

  it('does so after init, and undo leaves what it wrote itself', async () => {
    const { home, hub } = await demo()
    await hub.connect('opencode', '--model', 'demo-large')
    const ran = await run(home, [join(folder ?? '', 'opencode'), 'run', 'Say hello'], 90)
    expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining('The tool said')])
    await hub.axonhub('undo', 'opencode')
    const left = parseJson(readFileSync(join(home.home, '.config/opencode/opencode.json'), 'utf8'))
    expect(isObject(left) ? Object.keys(left) : []).toEqual(['$schema'])
  })
})
