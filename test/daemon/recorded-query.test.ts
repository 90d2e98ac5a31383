import { describe, expect, it } from 'vitest'
import { recordedQuery } from '../../src/daemon/recorded-query.js'
import { SECRETS } from '../support/secrets.js'

describe('a recorded query string', () => {
  it.each([
    ['', ''],
    ['?', ''],
    ['?beta=true', '?beta=true'],
    ['?client_version=0.169.0&limit=20', '?client_version=0.169.0&limit=20'],
    ['?api-version=2026-10-01', '?api-version=2026-10-01'],
    ['?flag', '?flag'],
    ['?access_token=abc&x=1', '?access_token=…&x=1'],
    ['?sig=abc', '?sig=…'],
    ['?q=what%20I%20think', '?q=…'],
    ['?what I think', '?…'],
    ['?9f86d081884c7d659a2feaa0', '?…'],
    ['?beta=true&9f86d081884c7d659a2feaa0=', '?beta=true&…'],
  ])('of %s is %s', (search, expected) => {
    expect(recordedQuery(search)).toBe(expected)
  })

  it.each(SECRETS)('keeps no $kind, whatever it is called', ({ secret }) => {
    expect(recordedQuery(`?x=${secret}`)).not.toContain(secret)
  })

  it('is bounded', () => {
    expect(recordedQuery(`?${'a=1&'.repeat(5000)}`).length).toBeLessThan(120)
  })
})
