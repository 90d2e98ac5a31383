// A channel without a preset leads to a server of which nothing is known: it gets only what all of them take.

import { describe, expect, it } from 'vitest'
import { dialectOf, resolveChannels } from '../../src/config/channels.js'
import { configSchema } from '../../src/config/schema.js'

const endpoints = { 'openai-chat': 'http://127.0.0.1:1/v1' }

describe('a channel without a preset', () => {
  it('sends no field that only some servers know', () => {
    const config = configSchema.parse({ channels: [{ name: 'own', endpoints }] })
    const [channel] = resolveChannels(config, new Map())
    expect(channel && dialectOf(channel, 'openai-chat', 'any')).toMatchObject({
      strictTools: false,
      forbid: expect.arrayContaining(['prompt_cache_key']),
    })
  })
})
