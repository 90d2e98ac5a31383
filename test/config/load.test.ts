import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HubError } from '../../src/base/errors.js'
import type { JsonValue } from '../../src/base/json.js'
import { loadConfig } from '../../src/config/load.js'
import { environmentOverrides, settings } from '../../src/config/overrides.js'
import { loadPresets } from '../../src/config/presets.js'

const presets = loadPresets()
let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'axonhub-load-'))
  path = join(folder, 'config.yml')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function load(
  text: string | undefined,
  env: Record<string, string> = {},
  flags: Record<string, JsonValue> = {},
) {
  if (text !== undefined) writeFileSync(path, text)
  return loadConfig({ paths: { config: path }, env, flags, presets })
}

function refusal(action: () => unknown): HubError {
  try {
    action()
  } catch (error) {
    if (error instanceof HubError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('loading the config', () => {
  it('means defaults when there is no file', () => {
    const { config, exists, origins, warnings } = load(undefined)
    expect(exists).toBe(false)
    expect(warnings).toEqual([])
    expect(config).toMatchObject({
      server: {
        host: '127.0.0.1',
        port: 8090,
        llm_request_timeout: 600_000,
        trace: {
          trace_header: 'AH-Trace-Id',
          thread_header: 'AH-Thread-Id',
          request_header: 'AH-Request-Id',
          extra_trace_headers: [],
          extra_trace_body_fields: [],
          claude_code_trace_enabled: true,
          codex_trace_enabled: true,
        },
        capture: { bodies: 'full' },
      },
      routing: { affinity: true, max_attempts: 3 },
      channels: [],
      profiles: {},
      keys: {},
    })
    expect([...origins.values()].every((origin) => origin.from === 'default')).toBe(true)
  })

  it('prefers flag to environment to file to default, and says where each came from', () => {
    const text = 'server:\n  port: 1111\n  host: localhost\nrouting:\n  max_attempts: 2\n'
    const { config, origins } = load(
      text,
      { AXONHUB_SERVER_PORT: '2222', AXONHUB_SERVER_HOST: '::1' },
      { 'server.port': 3333 },
    )
    expect(config.server.port).toBe(3333)
    expect(config.server.host).toBe('::1')
    expect(config.routing).toMatchObject({ affinity: true, max_attempts: 2 })
    expect(origins.get('server.port')).toEqual({ from: 'flag', name: '--server.port' })
    expect(origins.get('server.host')).toEqual({ from: 'environment', name: 'AXONHUB_SERVER_HOST' })
    expect(origins.get('routing.max_attempts')).toEqual({ from: 'file', line: 5 })
    expect(origins.get('routing.affinity')).toEqual({ from: 'default' })
  })

  it('says of each setting of a group where the one word came from that stands for it', () => {
    const { config, origins } = load('routing:\n  breaker: off\n')
    expect(config.routing.breaker.failures).toBe(0)
    expect(origins.get('routing.breaker.failures')).toEqual({ from: 'file', line: 2 })
    const other = load('', { AXONHUB_ROUTING_BREAKER: 'off' })
    expect(other.config.routing.breaker.failures).toBe(0)
    expect(other.origins.get('routing.breaker.open_for')).toMatchObject({ name: 'AXONHUB_ROUTING_BREAKER' })
  })

  it('knows the line of everything in lists and mappings', () => {
    const text =
      'channels:\n  - name: a\n    provider: openai\n    tags:\n      - x\nserver:\n  trace:\n    extra_trace_headers:\n      - A\n      - B\n'
    const { origins } = load(text)
    expect(origins.get('channels[0].provider')).toEqual({ from: 'file', line: 3 })
    expect(origins.get('channels[0].tags[0]')).toEqual({ from: 'file', line: 5 })
    expect(origins.get('server.trace.extra_trace_headers')).toEqual({ from: 'file', line: 10 })
  })

  it('gives durations in milliseconds and one channel of a mapping as a list', () => {
    const { config } = load(
      'server: { llm_request_timeout: 1.5m }\nchannels: [{ name: a, provider: openai }]\nprofiles:\n  p: { mappings: [{ from: x, to: y, channel: a }] }\n',
    )
    expect(config.server.llm_request_timeout).toBe(90_000)
    expect(config.profiles['p']?.mappings[0]?.channel).toEqual(['a'])
  })

  it('reads a file with a byte order mark and Windows line ends', () => {
    expect(load('\uFEFFserver:\r\n  port: 1234\r\n').config.server.port).toBe(1234)
  })

  it('throws one error with every problem of file and environment', () => {
    const error = refusal(() =>
      load('server:\n  prot: 1\nactive_profile: nope\n', { AXONHUB_SERVER_PORT: 'many' }),
    )
    expect(error.code).toBe('config-invalid')
    expect(error.message.split('\n')).toEqual([
      'The config has 3 problems:',
      expect.stringContaining(`${path}:2:3: server.prot: unknown key`),
      expect.stringContaining(`${path}:3:17: active_profile: there is no profile "nope"`),
      'environment AXONHUB_SERVER_PORT: server.port: "many" is not allowed; allowed: a whole number from 0 to 65535',
    ])
    expect(error.detail.hint).toContain('axonhub config edit')
  })

  it('blames the flag, not the file, for a value that the flag gave', () => {
    const error = refusal(() => load('server: { port: 1 }\n', {}, { 'server.port': 99_999 }))
    expect(error.message).toContain('--server.port: server.port: 99999 is not allowed')
  })

  it('blames the environment for a profile that it names and nobody has', () => {
    const error = refusal(() => load('', { AXONHUB_ACTIVE_PROFILE: 'gone' }))
    expect(error.message).toContain('AXONHUB_ACTIVE_PROFILE: active_profile: there is no profile "gone"')
  })

  it('says so when the path is a folder', () => {
    mkdirSync(path)
    expect(refusal(() => load(undefined))).toMatchObject({ code: 'config-invalid' })
  })
})

describe('the environment', () => {
  it('has an override for every setting', () => {
    const variables = settings().map(({ variable }) => variable)
    expect(variables).toEqual(
      expect.arrayContaining([
        'AXONHUB_SERVER_HOST',
        'AXONHUB_SERVER_PORT',
        'AXONHUB_SERVER_LLM_REQUEST_TIMEOUT',
        'AXONHUB_SERVER_TRACE_TRACE_HEADER',
        'AXONHUB_SERVER_TRACE_THREAD_HEADER',
        'AXONHUB_SERVER_TRACE_REQUEST_HEADER',
        'AXONHUB_SERVER_TRACE_EXTRA_TRACE_HEADERS',
        'AXONHUB_SERVER_TRACE_EXTRA_TRACE_BODY_FIELDS',
        'AXONHUB_SERVER_TRACE_CLAUDE_CODE_TRACE_ENABLED',
        'AXONHUB_SERVER_TRACE_CODEX_TRACE_ENABLED',
        'AXONHUB_SERVER_CAPTURE_BODIES',
        'AXONHUB_ROUTING_AFFINITY',
        'AXONHUB_ROUTING_MAX_ATTEMPTS',
        'AXONHUB_ACTIVE_PROFILE',
      ]),
    )
  })

  it.each<[variable: string, text: string, value: JsonValue]>([
    ['AXONHUB_SERVER_PORT', '80', 80],
    ['AXONHUB_ROUTING_AFFINITY', 'false', false],
    ['AXONHUB_ROUTING_BREAKER', 'off', 'off'],
    ['AXONHUB_SERVER_LLM_REQUEST_TIMEOUT', '10m', '10m'],
    ['AXONHUB_SERVER_TRACE_TRACE_HEADER', '123', '123'],
    ['AXONHUB_SERVER_TRACE_EXTRA_TRACE_HEADERS', 'A, B', ['A', 'B']],
    ['AXONHUB_SERVER_TRACE_EXTRA_TRACE_HEADERS', '[A, B]', ['A', 'B']],
    ['AXONHUB_SERVER_TRACE_EXTRA_TRACE_HEADERS', 'A', ['A']],
  ])('reads %s=%s', (variable, text, value) => {
    expect(environmentOverrides({ [variable]: text }).overrides.map((override) => override.value)).toEqual([
      value,
    ])
  })

  it('takes an empty variable as not set', () => {
    expect(environmentOverrides({ AXONHUB_SERVER_PORT: '' })).toEqual({
      overrides: [],
      problems: [],
      warnings: [],
    })
  })

  it('warns of a misspelt setting and leaves names of others alone', () => {
    const { warnings } = environmentOverrides({
      AXONHUB_SERVER_PROT: '1',
      AXONHUB_HOME: '/x',
      AXONHUB_API_KEY: 'k',
    })
    expect(warnings).toEqual([
      {
        source: 'environment AXONHUB_SERVER_PROT',
        path: '',
        message: 'no setting has this name (did you mean "AXONHUB_SERVER_PORT"?)',
      },
    ])
  })
})
