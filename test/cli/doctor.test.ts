// `axonhub doctor`: what is wrong is found, named with why and how, mended where that is safe, and nobody is asked anything.
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isObject, type JsonObject, objects, parseJson, text } from '../../src/base/json.js'
import { startTestHub } from '../support/hub.js'
import { makePlace, type Place } from './here.js'

let place: Place
/** Free when it was looked for: the usual one may be held by whatever else runs here. */
let port = 0
beforeAll(async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
  await new Promise((resolve) => server.close(resolve))
})
beforeEach(() => {
  const made = makePlace()
  place = {
    ...made,
    run: (argv, options = {}) =>
      made.run(argv, { ...options, env: { AXONHUB_SERVER_PORT: String(port), ...options.env } }),
  }
})
afterEach(() => place.close())

/** The program as it is installed here. */
const self = join(import.meta.dirname, '../../bin/axonhub.js')
const hubFile = (name: string) => join(place.home, 'hub', name)
function write(path: string, content: string, mode = 0o600): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeFileSync(path, content, { mode })
}

async function connect(agent: string): Promise<void> {
  const { code, stderr } = await place.run(['init', agent, '--yes'])
  if (code !== 0) throw new Error(stderr)
}

type Looked = { readonly code: number; readonly ok: boolean; readonly findings: JsonObject[] }

async function look(env: Record<string, string> = {}, flags: readonly string[] = []): Promise<Looked> {
  const { code, stdout } = await place.run(['doctor', '--json', ...flags], { env, self })
  const told = parseJson(stdout)
  return {
    code,
    ok: isObject(told) && told['ok'] === true,
    findings: isObject(told) ? objects(told, 'findings') : [],
  }
}

function found(looked: Looked, check: string): JsonObject | undefined {
  return looked.findings.find((each) => each['check'] === check && each['level'] !== 'pass')
}

/** Level, words and way of a finding, in one text. */
function wordsOf(looked: Looked, check: string): string {
  const each = found(looked, check)
  if (each === undefined) return 'nothing'
  return [text(each, 'level'), text(each, 'what'), text(each, 'why'), text(each, 'fix')].join(' | ')
}

describe('the version of an agent', () => {
  it.each([
    ['codex', '0.169.0'],
    ['claude', '2.1.328'],
    ['opencode', '1.18.33'],
    ['gemini', '0.61.0'],
  ])('of %s is told of when it was not measured, and %s was', async (agent, measured) => {
    const told = async (version: string) => {
      write(join(place.home, 'bin', agent), `#!/bin/sh\necho ${version}\n`, 0o755)
      const looked = await look({ PATH: `${join(place.home, 'bin')}:/usr/bin:/bin` })
      return wordsOf(looked, `${agent}.version`)
    }
    expect(await told('9.8.7')).toMatch(new RegExp(`^note \\| 9\\.8\\.7 was not measured.*\\b${measured}\\b`))
    expect(await told(measured)).toBe('nothing')
  })
})

describe('a machine on which all is well', () => {
  it('has nothing to mend, exit code 0, and lines of at most 80 columns', async () => {
    const hub = await startTestHub({ demo: true })
    try {
      const env = { AXONHUB_HOME: hub.home }
      const { code, stdout } = await place.run(['doctor'], { env, self })
      expect(code).toBe(0)
      expect(stdout).toMatch(/✓ database .*sound/)
      expect(stdout).toContain('0 warnings, 0 problems')
      expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
      expect(await look(env)).toMatchObject({ code: 0, ok: true })
    } finally {
      await hub.stop()
    }
  })

  it('may have no hub at all yet, and nothing is made by looking', async () => {
    const { code, stdout } = await place.run(['doctor'], { self })
    expect(code).toBe(0)
    expect(stdout).toContain('axonhub init')
    expect(existsSync(join(place.home, 'hub'))).toBe(false)
  })

  it('gives every finding the same fields', async () => {
    const { findings } = await look()
    expect(findings.length).toBeGreaterThan(8)
    for (const each of findings)
      expect(Object.keys(each)).toEqual(['check', 'level', 'what', 'why', 'fix', 'fixable'])
  })
})

describe('the hub and its files', () => {
  it('finds files that others may read, and --fix mends them', async () => {
    write(hubFile('config.yml'), 'channels: []\n', 0o644)
    chmodSync(hubFile('config.yml'), 0o644)
    const before = await look()
    expect(wordsOf(before, 'home.modes')).toMatch(/problem .*config\.yml has the mode 0644.*chmod 0600/)
    const { code, stdout } = await place.run(['doctor', '--fix'], { self })
    expect(stdout).toContain(`Mended: chmod 0600 ${hubFile('config.yml')}`)
    expect([code, statSync(hubFile('config.yml')).mode & 0o777]).toEqual([0, 0o600])
  })

  it.each([
    ['sk-literal-secret-1', /warning .*channel "ds".*axonhub channel key ds/],
    // Which of them is to go, no command can know.
    ['[sk-literal-secret-1, env:OTHER]', /warning .*channel "ds".*env:NAME.*axonhub config edit/],
  ])('finds a key that stands in config.yml (%#), and never shows it', async (keys, words) => {
    write(hubFile('config.yml'), `channels:\n  - { name: ds, provider: deepseek, api_key: ${keys} }\n`)
    const looked = await look()
    expect(wordsOf(looked, 'config.literal-key')).toMatch(words)
    expect(looked.code).toBe(1)
    expect(JSON.stringify(looked)).not.toContain('sk-literal-secret-1')
  })

  it.each([
    [
      'a mistake in the configuration',
      'server:\n  prot: 1\n',
      'config.valid',
      /problem .*server\.prot.*did you mean "port".*config edit/s,
    ],
    [
      'a key that nobody set',
      'channels:\n  - { name: ds, provider: deepseek, api_key: env:NOT_SET_HERE }\n',
      'channels.key',
      /problem .*ds: env:NOT_SET_HERE.*Export NOT_SET_HERE/,
    ],
    [
      'a file of a key that is not there',
      'channels:\n  - { name: ds, provider: deepseek, api_key: "file:/no/such" }\n',
      'channels.key',
      /problem .*ds: file:\/no\/such/,
    ],
    [
      'an endpoint without encryption',
      'channels:\n  - { name: far, endpoints: { openai-chat: "http://llm.example/v1" } }\n',
      'channels.https',
      /warning .*http:\/\/llm\.example/,
    ],
  ])('finds %s', async (_what, config, check, words) => {
    write(hubFile('config.yml'), config)
    const looked = await look()
    expect(wordsOf(looked, check)).toMatch(words)
    expect(looked.code).toBe(1)
  })

  it('finds who else is on the port', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    try {
      const looked = await look({ AXONHUB_SERVER_PORT: String(port) })
      expect(wordsOf(looked, 'hub.port')).toContain(`port ${port} is held by`)
      expect(wordsOf(looked, 'hub.port')).toContain(`(pid ${process.pid})`)
    } finally {
      other.close()
    }
  })

  it('finds what a crash left, and --fix takes it away', async () => {
    write(hubFile('run/daemon.json'), '{"pid":1,"host":"127.0.0.1","port":1,"version":"0","startedAt":"x"}')
    write(hubFile('run/axonhub.sock'), '')
    expect(wordsOf(await look(), 'home.leftovers')).toMatch(/note .*2 file/)
    await place.run(['doctor', '--fix'], { self })
    expect(existsSync(hubFile('run/daemon.json'))).toBe(false)
  })

  it('finds a damaged database, with the commands that put it aside', async () => {
    write(hubFile('axonhub.db'), 'SQLite format 3\0 and then nonsense'.repeat(200))
    expect(wordsOf(await look(), 'database.sound')).toMatch(/^problem/)
    write(hubFile('axonhub.db'), 'no database at all '.repeat(200))
    expect(wordsOf(await look(), 'database.sound')).toMatch(/^problem .*does not start with it/)
  })

  it('finds a home that others can put things into', async () => {
    mkdirSync(join(place.home, 'shared'))
    chmodSync(join(place.home, 'shared'), 0o777)
    mkdirSync(join(place.home, 'shared', 'hub'), { mode: 0o700 })
    const looked = await look({ AXONHUB_HOME: join(place.home, 'shared', 'hub') })
    expect(wordsOf(looked, 'home.owner')).toMatch(/problem .*others may write to .*shared/)
  })

  it('finds that a running hub does not use the file as it is', async () => {
    const hub = await startTestHub({ demo: true })
    try {
      writeFileSync(join(hub.home, 'config.yml'), 'server: [\n')
      await hub.control('/reload', {})
      expect(wordsOf(await look({ AXONHUB_HOME: hub.home }), 'config.valid')).toMatch(/^problem/)
    } finally {
      await hub.stop()
    }
  })
})

describe('Claude Code, resolved the way it does', () => {
  const settings = () => join(place.home, '.claude/settings.json')
  beforeEach(async () => {
    write(settings(), '{}')
    await connect('claude')
  })

  it('is well after init', async () => {
    const looked = await look()
    expect(
      looked.findings.filter(
        (each) => (text(each, 'check') ?? '').startsWith('claude.') && each['level'] === 'problem',
      ),
    ).toEqual([])
    expect(JSON.stringify(looked.findings)).toContain(`asks http://127.0.0.1:${port}/anthropic`)
  })

  it('waits for a hub that is off: doctor and status say the way back and the way without', async () => {
    expect(wordsOf(await look(), 'hub.answers')).toMatch(
      /warning .*the hub is off, and Claude Code ask.*axonhub serve --detach.*axonhub undo/,
    )
    const { code, stderr } = await place.run(['status'])
    expect(code).toBe(3)
    expect(stderr).toMatch(/axonhub serve --detach[\s\S]*Claude Code[\s\S]*axonhub undo/)
  })

  it('asks another port after the port of the hub was changed', async () => {
    expect(wordsOf(await look({ AXONHUB_SERVER_PORT: '1' }), 'claude.address')).toMatch(
      new RegExp(
        `problem .*it asks http://127.0.0.1:${port}/anthropic, and the hub is http://127.0.0.1:1/anthropic .*axonhub init claude`,
      ),
    )
  })

  it.each([['settings.json'], ['settings.local.json']])(
    'is led away by %s of a project, which is named',
    async (name) => {
      const project = join(place.home, 'project')
      write(join(project, '.claude', name), '{"env":{"ANTHROPIC_BASE_URL":"https://elsewhere.example"}}')
      const { stdout } = await place.run(['doctor', '--json'], { cwd: project })
      expect(stdout).toContain('https://elsewhere.example')
      expect(stdout).toMatch(
        new RegExp(`project/\\.claude/${name.replaceAll('.', '\\.')} \\(project\\) wins over`),
      )
    },
  )

  it('goes to another cloud when a variable says so', async () => {
    expect(wordsOf(await look({ CLAUDE_CODE_USE_BEDROCK: '1' }), 'claude.detour')).toMatch(
      /problem .*CLAUDE_CODE_USE_BEDROCK is set in the environment of this shell/,
    )
  })

  it('shows a key that this hub does not know', async () => {
    const text = readFileSync(settings(), 'utf8').replace(/ah-[0-9a-f]{48}/, `ah-${'0'.repeat(48)}`)
    writeFileSync(settings(), text)
    const words = wordsOf(await look(), 'claude.key')
    expect(words).toMatch(/problem .*not known to this hub.*401/)
    expect(words).not.toContain('ah-000')
  })

  it('has lost what init wrote', async () => {
    writeFileSync(settings(), '{}')
    expect(wordsOf(await look(), 'claude.address')).toMatch(/problem .*no longer there/)
  })
})

describe('Codex, resolved the way it does', () => {
  const file = () => join(place.home, '.codex/config.toml')
  const change = (from: string | RegExp, to: string) =>
    writeFileSync(file(), readFileSync(file(), 'utf8').replace(from, to))
  beforeEach(async () => {
    write(file(), 'model = "gpt-5"\n')
    await connect('codex')
  })

  it('uses another provider since', async () => {
    change('model_provider = "axonhub-responses"', 'model_provider = "openai"')
    expect(wordsOf(await look(), 'codex.address')).toMatch(/problem .*the provider "openai"/)
  })

  it('asks another port', async () => {
    change(`:${port}/v1`, ':9999/v1')
    expect(wordsOf(await look(), 'codex.address')).toContain('http://127.0.0.1:9999/v1')
  })

  it('is managed by a file that wins', async () => {
    write(join(place.home, '.codex/managed_config.toml'), 'model_provider = "corporate"\n')
    expect(wordsOf(await look(), 'codex.address')).toMatch(/managed_config\.toml wins over/)
  })

  it('has a command for its key that is gone', async () => {
    expect(wordsOf(await look(), 'codex.detour')).toMatch(/problem .*needs \/opt\/axonhub\.js, which is gone/)
  })

  it('takes its key from a variable that is not set', async () => {
    await place.run(['init', 'codex', '--auth', 'env', '--yes'])
    expect(wordsOf(await look(), 'codex.detour')).toContain('AXONHUB_API_KEY')
    const token = (await place.run(['token', 'codex'])).stdout.trim()
    expect(wordsOf(await look({ AXONHUB_API_KEY: token }), 'codex.detour')).toBe('nothing')
    expect(wordsOf(await look({ AXONHUB_API_KEY: 'ah-wrong' }), 'codex.key')).toMatch(/^problem/)
  })
})
