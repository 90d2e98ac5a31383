import { describe, expect, it } from 'vitest'
import { randomId } from '../../src/base/random-id.js'

describe('an id', () => {
  it('has its prefix and 32 hex digits, and is never the same twice', () => {
    const ids = Array.from({ length: 2000 }, () => randomId('ar-'))
    expect(new Set(ids).size).toBe(2000)
    for (const id of ids) expect(id).toMatch(/^ar-[0-9a-f]{32}$/)
  })
})
