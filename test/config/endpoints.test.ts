import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isExposed, normaliseBaseUrl } from '../../src/config/endpoints.js'

describe('a base URL', () => {
  it.each([
    ['openai-chat', 'https://api.openai.com/v1', 'https://api.openai.com/v1'],
    ['openai-chat', 'https://api.openai.com/v1/', 'https://api.openai.com/v1'],
    ['openai-chat', 'https://api.openai.com/v1/chat/completions', 'https://api.openai.com/v1'],
    ['openai-chat', 'https://api.openai.com/v1/chat/completions/', 'https://api.openai.com/v1'],
    ['openai-chat', 'https://api.deepseek.com', 'https://api.deepseek.com'],
    ['openai-chat', 'https://api.z.ai/api/coding/paas/v4//', 'https://api.z.ai/api/coding/paas/v4'],
    ['openai-responses', 'https://api.openai.com/v1/responses', 'https://api.openai.com/v1'],
    ['openai-responses', 'https://chatgpt.com/backend-api/codex', 'https://chatgpt.com/backend-api/codex'],
    ['openai-responses', 'http://127.0.0.1:1/v1/models', 'http://127.0.0.1:1/v1'],
    ['anthropic-messages', 'https://api.anthropic.com', 'https://api.anthropic.com'],
    ['anthropic-messages', 'https://api.anthropic.com/v1', 'https://api.anthropic.com'],
    ['anthropic-messages', 'https://api.anthropic.com/v1/', 'https://api.anthropic.com'],
    ['anthropic-messages', 'https://api.anthropic.com/v1/messages', 'https://api.anthropic.com'],
    ['anthropic-messages', 'https://x.example/anthropic/v1/messages/', 'https://x.example/anthropic'],
    ['anthropic-messages', 'https://x.example/v1/messages/count_tokens', 'https://x.example'],
    ['anthropic-messages', ' https://api.kimi.com/coding/ ', 'https://api.kimi.com/coding'],
    ['openai-chat', 'https://a.example/openai/v1?api-version=3', 'https://a.example/openai/v1?api-version=3'],
    ['openai-chat', 'HTTP://LOCALHOST:1234/v1#part', 'http://localhost:1234/v1'],
    ['openai-chat', 'http://[::1]:8080/v1', 'http://[::1]:8080/v1'],
  ])('of %s pasted as %s is %s', (protocol, pasted, base) => {
    expect(normaliseBaseUrl(protocol, pasted)).toBe(base)
  })

  it('is the same when it is normalised again', () => {
    const protocol = fc.constantFrom('openai-chat', 'openai-responses', 'anthropic-messages')
    const tail = fc.array(fc.constantFrom('v1', 'api', 'v4', 'anthropic', ''), { maxLength: 4 })
    fc.assert(
      fc.property(protocol, tail, (id, parts) => {
        const once = normaliseBaseUrl(id, `https://h.example/${parts.join('/')}`)
        fc.pre(id !== 'anthropic-messages' || !once.endsWith('/v1'))
        expect(normaliseBaseUrl(id, once)).toBe(once)
      }),
    )
  })

  it.each([
    ['http://api.example.com/v1', true],
    ['http://8.8.8.8/v1', true],
    ['https://api.example.com/v1', false],
    ['http://127.0.0.1:1/v1', false],
    ['http://[::1]:1/v1', false],
    ['http://192.168.0.4/v1', false],
    ['http://10.1.1.1/v1', false],
    ['http://172.20.0.1/v1', false],
    ['http://172.32.0.1/v1', true],
    ['http://box.local/v1', false],
    ['http://vllm:8000/v1', false],
  ])('%s sends keys in clear text over foreign networks: %s', (url, exposed) => {
    expect(isExposed(url)).toBe(exposed)
  })
})
