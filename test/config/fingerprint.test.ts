import { describe, expect, it } from 'vitest'
import { resolveChannels } from '../../src/config/channels.js'
import { channelFingerprint } from '../../src/config/fingerprint.js'
import { loadPresets } from '../../src/config/presets.js'
import { configSchema } from '../../src/config/schema.js'

const BASE = { name: 'up', endpoints: { 'openai-chat': 'http://127.0.0.1:1/v1' }, api_key: 'env:A_KEY' }

function fingerprint(more: object = {}): string {
  const config = configSchema.parse({ channels: [{ ...BASE, ...more }] })
  return resolveChannels(config, loadPresets()).map(channelFingerprint).join()
}

describe('the fingerprint of a channel', () => {
  it.each([
    ['its tags', { tags: ['a'] }],
    ['its priority', { priority: 3 }],
    ['its weight', { weight: 3 }],
    ['its models', { models: ['m'] }],
    ['that it is off', { enabled: false }],
    ['a form of its address that means the same', { endpoints: { 'openai-chat': 'http://127.0.0.1:1/v1/' } }],
  ])('does not tell %s', (_title, more) => {
    expect(fingerprint(more)).toBe(fingerprint())
  })

  it.each([
    ['its address', { endpoints: { 'openai-chat': 'http://127.0.0.1:2/v1' } }],
    ['its protocol', { endpoints: { 'openai-responses': 'http://127.0.0.1:1/v1' } }],
    ['where its key is', { api_key: 'env:OTHER_KEY' }],
    ['its headers', { headers: { 'x-a': '1' } }],
    ['its provider', { provider: 'deepseek' }],
  ])('tells %s', (_title, more) => {
    expect(fingerprint(more)).not.toBe(fingerprint())
  })

  it('is the same for two keys that stand in the file', () => {
    expect(fingerprint({ api_key: 'sk-one-0123456789' })).toBe(fingerprint({ api_key: 'sk-two-0123456789' }))
  })
})
