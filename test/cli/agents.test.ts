// Connecting agents: init, undo, run, token and env, in a HOME that holds made-up configurations of both.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import TOML from '@iarna/toml'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freePort } from '../support/free-port.js'
import { rawUpstream, sendJson } from '../support/raw-upstream.js'
import { addressOf, type Bench, makeBench, member } from './bench.js'

const CODEX = '# mine\nmodel = "gpt-5" # the usual\n\n[tui]\nnotifications = true\n'
const CLAUDE = '{\n  "theme": "dark",\n  "env": { "FOO": "1" }\n}\n'
const KEY = /\bah-[0-9a-f]{48}\b/

let bench: Bench
/** For what starts a hub. */
const ANY_PORT = { AXONHUB_SERVER_PORT: '0' }
beforeEach(async () => {
  // The commands that `undo` prints start a hub there.
  bench = makeBench(String(await freePort()))
  bench.program('codex', '#!/bin/sh\necho codex-cli 0.169.0\n')
  bench.program('claude', '#!/bin/sh\necho "2.1.328 (Claude Code)"\n')
  bench.write('.codex/config.toml', CODEX)
  bench.write('.claude/settings.json', CLAUDE)
})
afterEach(() => bench.close())

const files = () => ({
  codex: bench.read('.codex/config.toml'),
  claude: bench.read('.claude/settings.json'),
  state: bench.read('.claude.json'),
})

describe('init', () => {
  it('only shows the difference with --dry-run, without any secret', async () => {
    const { code, stdout } = await bench.run(['init', '--dry-run'])
    expect(code).toBe(0)
    expect(stdout).toContain('Codex CLI 0.169.0')
    expect(stdout).toContain('Claude Code 2.1.328')
    expect(stdout).toContain('+model_provider = "axonhub-responses"')
    expect(stdout).toContain('"ANTHROPIC_AUTH_TOKEN": "********"')
    expect(stdout).not.toMatch(KEY)
    expect(files()).toEqual({ codex: CODEX, claude: CLAUDE, state: undefined })
    expect(existsSync(join(bench.hub, 'secrets.json'))).toBe(false)
    expect(existsSync(join(bench.hub, 'config.yml'))).toBe(false)
  })

  it('makes no folder with --dry-run, neither of the hub nor of an agent', async () => {
    const empty = makeBench('8090')
    for (const [name, folder] of [
      ['codex', 'CODEX_HOME:-$HOME/.codex'],
      ['claude', 'CLAUDE_CONFIG_DIR:-$HOME/.claude'],
    ] as const)
      empty.program(name, `#!/bin/sh\nmkdir -p "\${${folder}}/tmp" && echo 1.2.3\n`)
    const { code, stdout } = await empty.run(['init', '--dry-run'])
    expect({ code, versions: stdout.match(/1\.2\.3/g) }).toEqual({ code: 0, versions: ['1.2.3', '1.2.3'] })
    expect([readdirSync(empty.home), existsSync(empty.hub)]).toEqual([[], false])
    await empty.close()
  })

  it('writes nothing without a terminal and without --yes, and says what to do', async () => {
    const { code, stderr } = await bench.run(['init'])
    expect(code).toBe(2)
    expect(stderr).toContain('--yes')
    expect(files()).toEqual({ codex: CODEX, claude: CLAUDE, state: undefined })
  })

  it('writes with --yes; a second time there is nothing to change; undo gives back the bytes', async () => {
    const first = await bench.run(['init', '--yes'])
    expect(first.code).toBe(0)
    expect(first.stdout).not.toMatch(KEY)
    expect(first.stdout).toContain('axonhub serve --detach')
    const written = files()
    const codex = TOML.parse(written.codex ?? '')
    expect(codex['model']).toBe('gpt-5')
    expect(codex['model_provider']).toBe('axonhub-responses')
    expect(written.codex).toContain('# the usual')
    const second = await bench.run(['init', '--yes'])
    expect(second.stdout.match(/is connected already/g)).toHaveLength(2)
    expect(files()).toEqual(written)
    const undone = await bench.run(['undo'])
    expect(undone).toMatchObject({ code: 0, stderr: '' })
    expect(undone.stdout).toContain(
      'config.yml keeps the key "codex"; to remove:\n  axonhub key revoke codex\n',
    )
    expect(files()).toEqual({ codex: CODEX, claude: CLAUDE, state: undefined })
    expect((await bench.run(['undo'])).stdout).toContain('Nothing to take back')
  })

  it('gives Codex a command that prints its key, whatever the environment', async () => {
    await bench.run(['init', 'codex', '--yes'])
    const provider = TOML.parse(files().codex ?? '')['model_providers']
    const text = JSON.stringify(provider)
    const auth = /"command":"([^"]+)","args":(\[[^\]]*\])/.exec(text)
    const args = JSON.parse(auth?.[2] ?? '[]')
    expect(auth?.[1]).toBe(process.execPath)
    expect(args.slice(1)).toEqual(['token', 'codex', '--home', bench.hub])
    const { stdout } = await bench.run(args.slice(1), { env: { AXONHUB_HOME: '' } })
    expect(stdout).toMatch(/^ah-[0-9a-f]{48}\n$/)
  })

  it('names a model that a channel answers where Codex has none, and the one of --model', async () => {
    bench.write('.codex/config.toml', '')
    await bench.run(['channel', 'add', 'deepseek', '--api-key-env', 'DEEPSEEK_API_KEY', '--no-test'])
    await bench.run(['init', 'codex', '--yes'])
    expect(TOML.parse(files().codex ?? '')['model']).toMatch(/^deepseek-/)
    await bench.run(['init', 'codex', '--yes', '--model', 'gpt-6-sol'])
    expect(TOML.parse(files().codex ?? '')['model']).toBe('gpt-6-sol')
    await bench.run(['undo'])
    expect(files().codex).toBe('')
  })

  it('names one that the provider lists where nobody named the models of the only channel', async () => {
    const server = await rawUpstream((response) =>
      sendJson(response, { data: [{ id: 'embed-1' }, { id: 'qwen3:8b' }] }),
    )
    bench.write('.codex/config.toml', '')
    const endpoint = `openai-chat=${server.url}/v1`
    await bench.run(['channel', 'add', '--name', 'local', '--endpoint', endpoint, '--no-test'])
    await bench.run(['init', 'codex', '--yes'])
    expect(TOML.parse(files().codex ?? '')['model']).toBe('qwen3:8b')
    await server.close()
  })

  it('keeps a plan login and adds the channel that forwards it', async () => {
    const login = { tokens: { access_token: 'made-up-token', account_id: 'a' }, auth_mode: 'chatgpt' }
    bench.write('.codex/auth.json', JSON.stringify(login))
    bench.write('.claude/.credentials.json', JSON.stringify({ claudeAiOauth: { accessToken: 'made-up' } }))
    const value = await bench.json(['init', '--yes'])
    expect(member(value, 'written')).toBe(true)
    expect(JSON.stringify(value)).not.toMatch(KEY)
    expect(files().codex).toContain('requires_openai_auth = true')
    expect(files().codex).toContain('X-AxonHub-Key')
    expect(files().claude).toContain('ANTHROPIC_CUSTOM_HEADERS')
    expect(files().claude).not.toContain('ANTHROPIC_AUTH_TOKEN')
    const channels = await bench.json(['channel', 'list'])
    expect(channels).toMatchObject([
      { name: 'codex', credential: "the agent's login" },
      { name: 'claude', credential: "the agent's login" },
    ])
    expect(JSON.stringify([value, channels])).not.toContain('made-up')
    expect(await bench.json(['undo', 'claude'])).toMatchObject([
      { agent: 'claude', left: { key: 'claude', channels: ['claude'] } },
    ])
    const { stdout } = await bench.run(['undo'])
    expect(stdout).toContain('the key "codex" and the channel "codex"')
    for (const [, command = ''] of stdout.matchAll(/^ {2}axonhub (.*)$/gm))
      expect({ command, ...(await bench.run(command.split(' '))) }).toMatchObject({ code: 0 })
    expect(await bench.json(['channel', 'list'])).toMatchObject([{ name: 'claude' }])
  })

  it('tells no agent an address that nobody knows yet', async () => {
    const { code, stderr } = await bench.run(['init', '--yes'], { env: ANY_PORT })
    expect(code).toBe(3)
    expect(stderr).toContain('server.port is 0')
    expect(files()).toEqual({ codex: CODEX, claude: CLAUDE, state: undefined })
  })

  it('says so when no agent is installed', async () => {
    const empty = makeBench()
    const { code, stderr } = await empty.run(['init'], { env: { PATH: '/nowhere' } })
    expect(code).toBe(1)
    expect(stderr).toContain('axonhub init codex')
    await empty.close()
  })
})

describe('undo', () => {
  it('leaves alone what was changed since, shows it without secrets, and exits with 4', async () => {
    await bench.run(['init', 'claude', '--yes'])
    const changed = (files().claude ?? '').replace(/"http:[^"]*anthropic"/, '"http://127.0.0.1:1/mine"')
    bench.write('.claude/settings.json', changed)
    const { code, stdout, stderr } = await bench.run(['undo', 'claude'])
    expect(code).toBe(4)
    expect(stdout).toContain('env.ANTHROPIC_BASE_URL was changed since')
    expect(stdout).toContain('http://127.0.0.1:1/mine')
    expect(stdout).not.toMatch(KEY)
    expect(stderr).toContain('--force')
    expect(files().claude).toContain('http://127.0.0.1:1/mine')
    expect(files().claude).not.toMatch(KEY)
    expect((await bench.run(['undo', '--force'])).code).toBe(0)
    expect(JSON.parse(files().claude ?? '')).toEqual({ theme: 'dark', env: { FOO: '1' } })
  })
})

describe('run', () => {
  it('starts the hub and the agent through it, with its arguments and exit code, and changes no file', async () => {
    bench.program(
      'claude',
      '#!/bin/sh\n[ "$1" = --version ] && echo 2.1.328 && exit 0\n' +
        'echo "args: $3 $4"; cat "$2"; env | grep -q ^ANTHROPIC_API_KEY || echo "key: unset"; exit 7\n',
    )
    const { code, stdout } = await bench.run(['run', 'claude', '--', '-p', 'hello'], {
      env: { ...ANY_PORT, ANTHROPIC_API_KEY: 'sk-of-the-shell' },
    })
    expect(code).toBe(7)
    expect(stdout).toContain('args: -p hello')
    expect(stdout).toContain(`"ANTHROPIC_BASE_URL": "${await addressOf(bench)}/anthropic"`)
    expect(stdout).toContain('key: unset')
    expect(files()).toEqual({ codex: CODEX, claude: CLAUDE, state: undefined })
  })

  it('gives Codex its provider by arguments that hold no secret', async () => {
    bench.program('codex', '#!/bin/sh\nfor word in "$@"; do echo "[$word]"; done\n')
    const { code, stdout } = await bench.run(['run', 'codex', '-m', 'gpt-5', '--', 'exec', 'two words'], {
      env: ANY_PORT,
    })
    expect(code).toBe(0)
    expect(stdout).toContain('[model_provider="axonhub-responses"]')
    expect(stdout).toMatch(/\[exec\]\n\[two words\]\n$/)
    expect(stdout).not.toMatch(KEY)
    expect(files().codex).toBe(CODEX)
  })

  it('says so when the agent is not installed', async () => {
    const { code, stderr } = await bench.run(['run', 'codex'], { env: { PATH: '/nowhere' } })
    expect(code).toBe(1)
    expect(stderr).toContain('Codex CLI was not found on the PATH')
  })
})

describe('token and env', () => {
  it('make the key "default" once, and print the same one with the hub off and on', async () => {
    const first = (await bench.run(['token'])).stdout
    expect(first).toMatch(/^ah-[0-9a-f]{48}\n$/)
    await bench.run(['serve', '--detach', '--demo', '--port', '0'])
    const [again, env, fish] = await Promise.all([
      bench.run(['token']),
      bench.run(['env']),
      bench.run(['env', '--shell', 'fish']),
    ])
    expect(again.stdout).toBe(first)
    expect(env.stdout).toContain(`export ANTHROPIC_AUTH_TOKEN='${first.trim()}'`)
    expect(env.stdout).toContain(`export OPENAI_BASE_URL='${await addressOf(bench)}/v1'`)
    expect(env.stdout).toContain(`export GOOGLE_GEMINI_BASE_URL='${await addressOf(bench)}/gemini'`)
    expect(env.stdout).toContain(`export GEMINI_API_KEY='${first.trim()}'`)
    expect(fish.stdout).toContain(`set -gx OPENAI_API_KEY '${first.trim()}'`)
    expect(readFileSync(join(bench.hub, 'config.yml'), 'utf8')).toContain('default: {}')
  })

  it('make one key also when several ask at the same moment', async () => {
    const runs = await Promise.all([bench.run(['token']), bench.run(['token']), bench.run(['env', '--json'])])
    expect(runs.map(({ code, stderr }) => ({ code, stderr }))).toEqual(Array(3).fill({ code: 0, stderr: '' }))
    expect(runs[1]?.stdout).toBe(runs[0]?.stdout)
    expect(runs[2]?.stdout).toContain(runs[0]?.stdout.trim())
  })

  it('do not make a key that was misspelt', async () => {
    const { code, stdout, stderr } = await bench.run(['token', 'codxe'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('axonhub key create codxe')
    await bench.run(['key', 'create', 'codex'])
    expect((await bench.run(['token', 'codxe'])).stderr).toContain('Did you mean "codex"?')
  })
})
