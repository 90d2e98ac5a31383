// Who is asked: each key or login once, however many channels it pays for; nobody whose channel says no.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createOutput } from '../../src/cli/output.js'
import { quotaLines } from '../../src/cli/quota-view.js'
import { resolveChannels } from '../../src/config/channels.js'
import { checkConfig } from '../../src/config/check.js'
import { loadPresets } from '../../src/config/presets.js'
import { quotaReply } from '../../src/control/quota-schema.js'
import { pollTargets, type TargetDeps } from '../../src/daemon/quota-targets.js'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type AskedServer, startAskedServer } from './asked-server.js'

const presets = loadPresets()

function channelsOf(text: string) {
  const { config } = checkConfig(text, 'config.yml', presets)
  if (config === undefined) throw new Error(`not a config: ${text}`)
  return resolveChannels(config, presets)
}

function targets(text: string, claudeUsage = false) {
  const deps: TargetDeps = {
    env: {},
    userHome: '/nowhere',
    now: () => 0,
    secret: async (reference) => reference,
    settings: () => ({ check_interval: 1_200_000, claude_usage: claudeUsage }),
  }
  return pollTargets(channelsOf(`channels:\n${text}`), deps).map(({ channel, key, source, base }) =>
    [channel, ...(key === undefined ? [] : [key]), source.id, base.origin].join(' '),
  )
}

describe('a channel', () => {
  it.each([
    [
      'with a key',
      '{ name: ds, provider: deepseek, api_key: sk-1 }',
      ['ds deepseek https://api.deepseek.com'],
    ],
    [
      'with several',
      '{ name: ds, provider: deepseek, api_key: [sk-1, sk-2] }',
      ['ds 1 deepseek https://api.deepseek.com', 'ds 2 deepseek https://api.deepseek.com'],
    ],
    ['with quota: off', '{ name: ds, provider: deepseek, api_key: sk-1, quota: off }', []],
    ['that is disabled', '{ name: ds, provider: deepseek, api_key: sk-1, enabled: false }', []],
    [
      'of nobody known',
      '{ name: x, api_key: sk-1, endpoints: { openai-chat: "https://example.com/v1" } }',
      [],
    ],
    ['with the login of Codex', '{ name: codex, provider: codex }', ['codex codex https://chatgpt.com']],
    ['of Codex with a key', '{ name: codex, provider: codex, api_key: sk-1 }', []],
    [
      'whose login would go to another host',
      '{ name: codex, provider: codex, endpoints: { openai-responses: "https://example.com/v1" } }',
      [],
    ],
    ['of Claude, not asked for', '{ name: claude, provider: claude }', []],
  ])('%s is asked as it should be', (_, text, expected) => {
    expect(targets(`  - ${text}\n`)).toEqual(expected)
  })

  it('of Claude is asked when the user allows it', () => {
    expect(targets('  - { name: claude, provider: claude }\n', true)).toEqual([
      'claude claude https://api.anthropic.com',
    ])
  })

  it('of Copilot serves no model', () => {
    expect(
      channelsOf('channels:\n  - { name: c, provider: github-copilot, api_key: t }\n')[0]?.models,
    ).toEqual([])
  })
})

describe('one key in two channels', () => {
  let provider: AskedServer
  let hub: TestHub
  beforeEach(async () => {
    provider = await startAskedServer()
    provider.answer = (_path, headers) => ({
      body: {
        is_available: true,
        balance_infos: [
          { currency: 'USD', total_balance: headers['authorization'] === 'Bearer sk-same' ? '5' : '7' },
        ],
      },
    })
    const channel = (name: string, key: string) =>
      `  - { name: ${name}, provider: deepseek, api_key: ${key}, endpoints: { openai-chat: "${provider.url}" } }\n`
    hub = await startTestHub({
      config: `provider_quota: { check_interval: off }\nchannels:\n${channel('a', 'sk-same')}${channel('b', 'sk-same')}${channel('c', 'sk-other')}`,
    })
  })
  afterEach(async () => {
    await hub.stop()
    await provider.close()
  })

  it('is one account: asked once, shown once, counted for both', async () => {
    const { accounts } = quotaReply.parse(await hub.control('/quota/refresh', {}))
    expect(provider.asked).toHaveLength(2)
    expect(accounts.map(({ channels, meters }) => [channels, meters[0]?.left])).toEqual([
      [['a', 'b'], 5],
      [['c'], 7],
    ])
  })
})

it('a key that cannot be read is told of beside the others, which are asked all the same', async () => {
  const provider = await startAskedServer()
  provider.answer = {
    body: { is_available: true, balance_infos: [{ currency: 'USD', total_balance: '5' }] },
  }
  const hub = await startTestHub({
    config: `provider_quota: { check_interval: off }\nchannels:\n  - { name: ds, provider: deepseek, api_key: [sk-1, env:NOT_THERE], endpoints: { openai-chat: "${provider.url}" } }\n`,
  })
  try {
    const reply = quotaReply.parse(await hub.control('/quota/refresh', {}))
    expect(
      reply.accounts.map(({ account, meters, trouble }) => [meters.length, trouble?.state, account]),
    ).toEqual([
      [1, undefined, expect.stringMatching(/^key-/)],
      [0, 'unreadable', 'key 2'],
    ])
    const plainStyle = Object.fromEntries(
      ['bold', 'dim', 'good', 'bad', 'warn', 'accent'].map((name) => [name, (text: string) => text]),
    )
    const { style } = createOutput({ env: {}, stdout: process.stdout, stderr: process.stderr })
    const look = { width: 80, pictures: false, style: { ...style, ...plainStyle }, now: Date.now() }
    const shown = quotaLines(reply, look).join('\n')
    expect(shown).toMatch(/ds {2}\ds ago, poll\n {2}\[####\] balance +5 USD\nds key 2\n {4}.*NOT_THERE/)
  } finally {
    await hub.stop()
    await provider.close()
  }
})
