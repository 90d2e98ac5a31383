// Channels, profiles, keys and the configuration by commands, with the hub off and on.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDemoUpstream } from '../../src/demo/upstream.js'
import { addressOf, type Bench, makeBench, member } from './bench.js'
import { makePlace, type Place } from './here.js'

const SECRET = 'sk-made-up-0123456789abcdef'

let bench: Bench
let place: Place
let upstream: Awaited<ReturnType<typeof startDemoUpstream>>
let gate: Server
let gateUrl = ''
const seen: string[] = []

/** A provider that wants the key, in front of the demo upstream. */
async function openGate(): Promise<void> {
  gate = createServer((incoming, outgoing) => {
    seen.push(`${incoming.method} ${incoming.url} ${incoming.headers.authorization ?? ''}`)
    const pieces: Buffer[] = []
    incoming.on('data', (piece: Buffer) => pieces.push(piece))
    incoming.on('end', () => {
      void (async () => {
        if (incoming.headers.authorization !== `Bearer ${SECRET}`) {
          outgoing.writeHead(401, { 'content-type': 'application/json' })
          outgoing.end(
            '{"error":{"message":"bad key","type":"invalid_request_error","code":"invalid_api_key"}}',
          )
          return
        }
        const body = pieces.length === 0 ? {} : { body: Buffer.concat(pieces) }
        const answer = await fetch(upstream.baseUrl + (incoming.url ?? ''), {
          method: incoming.method ?? 'GET',
          ...body,
        })
        outgoing.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
        outgoing.end(Buffer.from(await answer.arrayBuffer()))
      })()
    })
  })
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve))
  const address = gate.address()
  gateUrl = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/v1`
}

beforeAll(async () => {
  let number = 0
  upstream = await startDemoUpstream({
    newId: (prefix) => `${prefix}${number++}`,
    clock: { now: () => Date.now() },
    paceMs: 0,
  })
  await openGate()
  bench = makeBench()
  place = makePlace()
})
afterAll(async () => {
  place.close()
  await bench.close()
  gate.close()
  await upstream.close()
})

/** The same home, in this process: for what asks neither a daemon nor a provider. */
const here = (args: readonly string[]) => place.run(args, { env: { AXONHUB_HOME: bench.hub } })
const config = () => readFileSync(join(bench.hub, 'config.yml'), 'utf8')

describe('channels', () => {
  it('are added with a key from stdin, which is kept apart, and tested at once', async () => {
    const args = [
      'channel',
      'add',
      '--name',
      'gate',
      '--endpoint',
      `openai-chat=${gateUrl}`,
      '--models',
      'demo-large',
    ]
    const { code, stdout, stderr } = await bench.run([...args, '--api-key-stdin'], { input: `${SECRET}\n` })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('✓ gate')
    expect(seen.at(-1)).toBe(`POST /v1/chat/completions Bearer ${SECRET}`)
    expect(config()).toContain('api_key: keychain:gate')
    expect(config()).not.toContain(SECRET)
  })

  it('that do not answer are kept, with what is wrong and exit code 1', async () => {
    const args = ['channel', 'add', '--name', 'dead', '--endpoint', `openai-chat=${gateUrl}`, '--models', 'm']
    const { code, stdout, stderr } = await bench.run([...args, '--api-key-env', 'DEAD_KEY'], {
      env: { DEAD_KEY: 'sk-wrong-0123456789' },
    })
    expect(code).toBe(1)
    expect(stdout).toContain('✗')
    expect(stdout + stderr).not.toContain('sk-wrong')
    expect(stderr).toContain('axonhub channel test dead')
  })

  it('are listed, enabled, disabled and removed; the key goes with the channel', async () => {
    await here(['channel', 'disable', 'dead'])
    const list = await here(['channel', 'list'])
    expect(list.stdout).toMatch(/gate +on +chat +keychain:gate +demo-large/)
    expect(list.stdout).toMatch(/dead +off +chat +env:DEAD_KEY/)
    expect((await here(['channel', 'enable', 'dead'])).stdout).toContain('is enabled')
    expect((await here(['channel', 'remove', 'dead'])).code).toBe(0)
    const other = await bench.run(
      [
        'channel',
        'add',
        '--name',
        'gone',
        '--endpoint',
        `openai-chat=${gateUrl}`,
        '--no-test',
        '--api-key-stdin',
      ],
      { input: SECRET },
    )
    expect(other.code).toBe(0)
    expect((await bench.run(['channel', 'remove', 'gone'])).stdout).toContain('and its key')
    expect(readFileSync(join(bench.hub, 'secrets.json'), 'utf8')).not.toContain('"gone"')
  })

  it('list the models of their provider', async () => {
    expect((await bench.run(['channel', 'models', 'gate'])).stdout).toBe('demo-large\ndemo-small\n')
    expect(await bench.json(['channel', 'models', 'gate'])).toEqual(['demo-large', 'demo-small'])
  })

  it.each([
    ['a provider that is not known', ['deepsek'], 2, 'Did you mean "deepseek"?'],
    ['a provider whose key is not given', ['deepseek'], 2, '--api-key-env DEEPSEEK_API_KEY'],
    ['a key in place of a variable', ['deepseek', '--api-key-env', SECRET], 2, 'not the key itself'],
    [
      'an endpoint without protocol',
      ['--name', 'x', '--endpoint', 'http://127.0.0.1/v1'],
      2,
      'Protocols: openai-chat',
    ],
    ['an endpoint that is no URL', ['--name', 'x', '--endpoint', 'openai-chat=nowhere'], 2, 'no base URL'],
    ['a server without a name', ['--endpoint', 'openai-chat=http://127.0.0.1/v1'], 2, '--name'],
    [
      'a name that is taken',
      ['deepseek', '--name', 'gate', '--auth', 'client'],
      4,
      'already a channel "gate"',
    ],
    ['a login that the provider has not', ['deepseek', '--auth', 'client', '--no-test'], 4, 'has no login'],
  ])('are not added for %s', async (_title, args, expected, said) => {
    const before = config()
    const { code, stderr } = await here(['channel', 'add', ...args])
    expect(stderr).toContain(said)
    expect(stderr).not.toContain(SECRET)
    expect(code).toBe(expected)
    expect(config()).toBe(before)
  })

  it('that do not exist are told with the one that was meant', async () => {
    const { code, stderr } = await here(['channel', 'test', 'gat'])
    expect(code).toBe(1)
    expect(stderr).toContain('Did you mean "gate"?')
  })
})

describe('profiles', () => {
  it('are made, shown, checked and explained', async () => {
    const made = await bench.run([
      'profile',
      'create',
      'cheap',
      '--map',
      'gpt-5=demo-large@gate',
      '--map',
      'claude-(.*)=demo-large',
      '--use',
    ])
    expect(made.code).toBe(0)
    expect((await here(['profile', 'show'])).stdout).toMatch(/1 {2}gpt-5 +demo-large +gate\n2 {2}claude/)
    expect((await here(['profile', 'list'])).stdout).toMatch(/\* +cheap +2 mappings/)
    const check = await here(['profile', 'check'])
    expect(check.code).toBe(1)
    expect(check.stdout).toMatch(
      /claude-opus-5-5 .*\n(?:claude.*\n)* {2}✓ demo-large on gate, converted to openai-chat \(mapping 2\)/,
    )
    expect(check.stdout).toMatch(/gpt-6-astra .*\n(?:gpt.*\n)* {2}✗ nobody: .* \(unmapped\)/)
    const explained = await bench.json(['explain', 'claude-opus-5-5', '--agent', 'claude'])
    expect(explained).toMatchObject({
      profile: 'cheap',
      targets: [{ channel: 'gate', model: 'demo-large', mode: 'convert' }],
      error: null,
    })
    const nobody = await bench.run(['explain', 'unheard-of'])
    expect(nobody.code).toBe(1)
    expect(nobody.stdout).toContain('✗ unheard-of')
  })

  it.each([
    ['a mapping without a target', ['x', '--map', 'gpt-5='], 2, 'is no mapping'],
    ['a channel that is misspelt', ['x', '--map', 'gpt-5=m@gatte'], 2, 'Did you mean "gate"?'],
    ['an explosive pattern', ['x', '--map', '(a+)+b=m'], 4, 'mappings'],
    ['a name that is taken', ['cheap'], 4, 'already a profile "cheap"'],
  ])('are not made for %s', async (_title, args, expected, said) => {
    const before = config()
    const { code, stderr } = await here(['profile', 'create', ...args])
    expect(stderr).toContain(said)
    expect(code).toBe(expected)
    expect(config()).toBe(before)
  })

  it('in use are not removed', async () => {
    const { code, stderr } = await here(['profile', 'remove', 'cheap'])
    expect(code).toBe(4)
    expect(stderr).toContain('"axonhub profile use --none"')
  })
})

describe('keys', () => {
  it('are made, listed with their beginning, and revoked', async () => {
    expect((await bench.run(['key', 'create', 'ci', '--profile', 'cheap'])).code).toBe(0)
    const given = await bench.run(['key', 'create', 'own', '--value-stdin'], {
      input: 'my-own-key-0123456789\n',
    })
    expect(given.stdout).not.toContain('my-own-key-0123456789')
    const list = await bench.json(['key', 'list'])
    expect(list).toMatchObject([
      { name: 'ci', profile: 'cheap', prefix: expect.stringMatching(/^ah-[0-9a-f]{4}…$/) },
      { name: 'own', profile: null },
    ])
    expect((await bench.run(['token', 'own'])).stdout).toBe('my-own-key-0123456789\n')
    expect((await here(['key', 'create', 'ci'])).code).toBe(4)
    expect((await here(['key', 'create', 'weak', '--value', 'short'])).code).toBe(2)
    for (const command of [
      ['key', 'create', 'bad name'],
      ['profile', 'create', 'bad name', '--map', '*=m'],
      ['channel', 'add', '--name', 'bad name', '--endpoint', 'openai-chat=http://127.0.0.1:1'],
    ]) {
      const refused = await here(command)
      expect(refused.code).toBe(2)
      expect(refused.stderr).toMatch(/cannot be called "bad name"\.\nA name is one word/)
    }
    expect((await here(['key', 'revoke', 'nope'])).stderr).toContain('See "axonhub key list".')
    const made = await here(['key', 'create', 'script', '--json'])
    expect(JSON.parse(made.stdout)).toEqual({
      name: 'script',
      prefix: expect.stringMatching(/^ah-/),
      profile: null,
    })
    expect((await here(['key', 'revoke', 'own'])).code).toBe(0)
    expect((await here(['token', 'own'])).code).toBe(1)
    expect((await here(['key', 'revoke', 'own'])).code).toBe(1)
    expect(readFileSync(join(bench.hub, 'secrets.json'), 'utf8')).not.toContain('bad name')
  })
})

describe('a running hub', () => {
  it('takes channels, profiles and keys for its next request, and refuses a revoked key', async () => {
    await bench.run(['serve', '--detach'])
    const address = await addressOf(bench)
    const key = (await bench.run(['token', 'ci'])).stdout.trim()
    const ask = async (model: string) => {
      const answer = await fetch(`${address}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hello' }] }),
      })
      return answer.status
    }
    expect(await ask('gpt-5')).toBe(200)
    expect(await ask('my-model')).toBe(404)
    await bench.run(['profile', 'create', 'mine', '--map', '*=demo-large@gate'])
    const used = await bench.run(['profile', 'use', 'mine', '--key', 'ci'])
    expect(used.stdout).toContain('from the next request on; a running tool loop ends first')
    const now = await bench.run(['profile', 'use', 'mine', '--key', 'ci', '--now'])
    expect([now.code, now.stdout]).toEqual([0, '"mine" is now the profile of the key "ci", at once.\n'])
    expect(await ask('my-model')).toBe(200)
    expect((await bench.run(['channel', 'test'])).code).toBe(0)
    expect(await bench.json(['explain', 'my-model', '--key', 'ci'])).toMatchObject({ profile: 'mine' })
    await bench.run(['key', 'revoke', 'ci'])
    expect(await ask('my-model')).toBe(401)
  })
})

describe('config', () => {
  it('shows every value with its origin, and no secret', async () => {
    const path = join(bench.hub, 'config.yml')
    const literal = config().replace(
      'api_key: keychain:gate',
      `api_key: ${SECRET}\n    headers: { X-Api-Key: ${SECRET} }`,
    )
    writeFileSync(path, literal)
    const env = { AXONHUB_SERVER_PORT: '9123' }
    const { code, stdout } = await bench.run(['config', 'show', '--origin'], { env })
    expect(code).toBe(0)
    expect(stdout).toMatch(/server\.port +environment AXONHUB_SERVER_PORT +9123/)
    expect(stdout).toMatch(/server\.host +file, line 5 +127\.0\.0\.1/)
    expect(stdout).toMatch(/server\.llm_request_timeout +default +10m/)
    expect(stdout).toMatch(/channels\[0\]\.api_key +file, line \d+ +a literal key/)
    const [yaml, json] = await Promise.all([bench.run(['config', 'show']), bench.json(['config', 'show'])])
    expect(stdout + yaml.stdout + JSON.stringify(json)).not.toContain(SECRET)
    expect(member(member(json, 'server'), 'llm_request_timeout')).toBe('10m')
  })

  it('check names every mistake with its place', async () => {
    const other = makeBench()
    await other.run(['token'])
    writeFileSync(join(other.hub, 'config.yml'), 'server:\n  prot: 1\nchannels:\n  - name: a\n')
    const { code, stdout } = await other.run(['config', 'check'])
    expect(code).toBe(1)
    expect(stdout).toMatch(/config\.yml:2:3: server\.prot: unknown key/)
    expect(stdout).toMatch(/config\.yml:4:\d+: channels\[0\]/)
    expect(await other.json(['config', 'check'])).toMatchObject({
      ok: false,
      problems: [{ line: 2, column: 3 }, { line: 4 }],
    })
    await other.close()
  })

  it('edit makes the file from its template, opens the editor and checks what was saved', async () => {
    const other = makeBench()
    other.program('good-editor', '#!/bin/sh\nsed -i "s/8090/9090/" "$2"\n')
    other.program('bad-editor', '#!/bin/sh\necho "nonsense: 1" >> "$1"\n')
    const good = await other.run(['config', 'edit'], {
      env: { VISUAL: 'good-editor --wait', AXONHUB_SERVER_PORT: '' },
    })
    expect(good).toMatchObject({ code: 0, stdout: 'The configuration is fine.\n' })
    expect(readFileSync(join(other.hub, 'config.yml'), 'utf8')).toContain('port: 9090')
    const bad = await other.run(['config', 'edit'], { env: { EDITOR: 'bad-editor' } })
    expect(bad.code).toBe(1)
    expect(bad.stderr).toContain('nonsense: unknown key')
    expect(existsSync(join(other.hub, 'config.yml'))).toBe(true)
    await other.close()
  })
})
