import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findSecrets, knownSecrets, REMOVED, removeSecrets } from '../../src/base/secret-forms.js'
import { SECRETS } from '../support/secrets.js'

const clean = (text: string) => removeSecrets(text).text

describe('a secret', () => {
  it.each(SECRETS)(
    'of the kind “$kind” is found in a text, in JSON and in JSON inside JSON',
    ({ text, secret }) => {
      const inner = JSON.stringify({ note: `before\n${text}\nafter` })
      for (const whole of [text, `see: ${text}`, inner, JSON.stringify({ arguments: inner })]) {
        const { text: left, removed } = removeSecrets(whole)
        for (const part of secret.split('\n')) expect(left).not.toContain(part)
        expect(removed).toBeGreaterThan(0)
        expect(left).toHaveLength(whole.length)
        expect(clean(left)).toBe(left)
      }
      expect(() => void JSON.parse(clean(JSON.stringify({ arguments: inner })))).not.toThrow()
    },
  )

  it('is replaced where it stands, and the rest stays', () => {
    const key = `sk-ant-api03-${'a1B2c3D4'.repeat(4)}`
    expect(clean(`use ${key}, then go`)).toBe(`use ${REMOVED}${'*'.repeat(key.length - 9)}, then go`)
    expect(clean('postgres://app:s3cr3t-words@db/x')).toBe('postgres://app:[removed]***@db/x')
    expect(findSecrets(`a ${key}`)).toEqual([[2, 2 + key.length]])
  })
})

describe('what is known to be a secret', () => {
  it('is removed in any form', () => {
    const known = knownSecrets(['correct horse battery staple', 'pass1234', 'pass1234-and-more'])
    expect(removeSecrets('x correct horse battery staple pass1234-and-more y pass1234', known)).toEqual({
      text: 'x [removed]******************* [removed]******** y ********',
      removed: 3,
    })
  })

  it('is left alone when it is too short to be told from a word', () => {
    expect(knownSecrets(['lm-studio', 'none', '', 'secret', '1234'])).toBeUndefined()
  })
})

describe('a text without a secret', () => {
  it.each([
    'sk-fading-circle-loading-indicator-container',
    'const apiKey = process.env.OPENAI_API_KEY2',
    'password = hash256(input)',
    'Authorization: Bearer $TOKEN',
    'authorization: Bearer from-settings',
    'The Basic Understanding of tokens, and a Bearer of news',
    '"password": {"type": "string"}, "token": 5, "max_tokens": 4096',
    '"access_token": "..."',
    'git@github.com:owner/name.git and https://host:8080/path@2',
    'postgres://user:password@localhost/db',
    'https://example.com/?page=2&key=name',
    '0199cccc-1111-7222-8333-444455556666 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
    'import x from "xai-image-generation-tool.1.chunks"',
    'gAAAAABo-sk-1234_ghp_0123456789012345678901234567890123456789',
    'Cookie: a small text that a server gives',
  ])('is never changed: %s', (text) => {
    expect(removeSecrets(text)).toEqual({ text, removed: 0 })
  })

  it('is never changed, whatever else it is made of', () => {
    const word = fc.oneof(
      fc.stringMatching(/^[a-z]{1,12}$/),
      fc.constantFrom('sk-', 'key', '=', ': ', '"', '\\n', 'https://', '@', '?key=', 'max_tokens'),
      fc.integer().map(String),
      fc.uuid(),
      fc.base64String({ minLength: 40, maxLength: 400 }),
      fc.json({ maxDepth: 2 }),
    )
    const text = fc.array(word, { maxLength: 30 }).map((words) => words.join(' '))
    fc.assert(
      fc.property(text, (words) => {
        expect(clean(words)).toBe(words)
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    'password=',
    '?key=',
    'SECRET',
    'x-',
    'sk-',
    'authorization: ',
    'Bearer ',
    'eyJaaaaaaaa.',
    '://a:',
    'cookie: a=',
    '-----BEGIN PRIVATE KEY-----',
    '"api_key": "',
    'a.aaaaaa.',
  ])('takes no long time, however often %s is repeated', (words) => {
    const began = performance.now()
    removeSecrets(words.repeat(Math.ceil(300_000 / words.length)))
    expect(performance.now() - began).toBeLessThan(2_000)
  })

  it('keeps bytes of any kind as they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        const text = Buffer.from(bytes).toString('latin1')
        expect(clean(text)).toHaveLength(text.length)
        expect(findSecrets(text).length).toBe(removeSecrets(text).removed)
      }),
    )
  })
})
