// Where doctor sees that Gemini CLI leads, by the files and variables that the client itself would read.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { gemini } from '../../src/agents/gemini/agent.js'
import { effectiveGemini } from '../../src/cli/doctor/gemini.js'

let home: string
const put = (path: string, text: string) => {
  mkdirSync(dirname(join(home, path)), { recursive: true })
  writeFileSync(join(home, path), text)
}
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ahub-gemini-'))
  put('.gemini/.env', 'GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:8090/gemini\nGEMINI_API_KEY=ah-1\n')
  put('.gemini/settings.json', '{"security":{"auth":{"selectedType":"gemini-api-key"}}}')
  mkdirSync(join(home, 'project', 'deep'), { recursive: true })
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

async function seen(env: Readonly<Record<string, string>> = {}) {
  const context = {
    env,
    home,
    cwd: join(home, 'project', 'deep'),
    platform: process.platform,
    which: () => Promise.resolve(undefined),
    versionOf: () => Promise.resolve(undefined),
  }
  return effectiveGemini({ context }, await gemini.detect(context))
}

describe('what Gemini CLI asks', () => {
  it('is what stands in the file of its home', async () => {
    const path = join(home, '.gemini', '.env')
    expect(await seen()).toEqual({
      address: { url: 'http://127.0.0.1:8090/gemini', from: path, isOurs: true },
      keys: [{ key: 'ah-1', from: path }],
      detours: [],
    })
  })

  it('is what a nearer file says, though it says nothing', async () => {
    put('project/.env', 'DEBUG=1\n')
    expect(await seen()).toEqual({ address: undefined, keys: [], detours: [] })
  })

  it('is what the shell says before any file', async () => {
    const address = 'https://proxy.example/gemini'
    const { address: found, keys } = await seen({ GOOGLE_GEMINI_BASE_URL: address, GEMINI_API_KEY: 'AIza' })
    expect(found).toMatchObject({ url: address, isOurs: false })
    expect(keys).toMatchObject([{ key: 'AIza' }])
  })

  it('is not reached while its settings name another login', async () => {
    put('.gemini/settings.json', '{"security":{"auth":{"selectedType":"oauth-personal"}}}')
    expect((await seen()).detours).toMatchObject([{ fix: 'axonhub init gemini' }])
  })
})
