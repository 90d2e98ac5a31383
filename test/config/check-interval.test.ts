// provider_quota.check_interval: what is taken, what is rounded down with a warning, what is refused.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.js'
import { formatProblem } from '../../src/config/problem.js'

const MINUTE = 60_000
const VARIABLE = 'AXONHUB_PROVIDER_QUOTA_CHECK_INTERVAL'
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'axi-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function load(value: string, from: 'file' | 'environment') {
  const config = join(folder, 'config.yml')
  writeFileSync(config, from === 'file' ? `provider_quota:\n  check_interval: ${value}\n` : '')
  const loaded = loadConfig({ paths: { config }, env: from === 'environment' ? { [VARIABLE]: value } : {} })
  return {
    interval: loaded.config.provider_quota.check_interval,
    warnings: loaded.warnings.map(formatProblem),
  }
}

describe.each(['file', 'environment'] as const)('check_interval from the %s', (from) => {
  it.each(['1m', '2m', '3m', '4m', '5m', '6m', '10m', '12m', '15m', '20m', '30m'])(
    'takes %s as it is',
    (value) => {
      expect(load(value, from)).toEqual({ interval: Number.parseInt(value, 10) * MINUTE, warnings: [] })
    },
  )

  it.each(['1h', '2h', '24h', '60m', '1d'])('takes whole hours as they are: %s', (value) => {
    const { interval, warnings } = load(value, from)
    expect(Number(interval) % (60 * MINUTE)).toBe(0)
    expect(warnings).toEqual([])
  })

  it.each([
    ['7m', 6, '6m'],
    ['25m', 20, '20m'],
    ['59m', 30, '30m'],
    ['90s', 1, '1m'],
    ['90m', 60, '1h'],
    ['1.5h', 60, '1h'],
    ['150m', 120, '2h'],
  ])('rounds %s down and warns', (value, minutes, words) => {
    const { interval, warnings } = load(value, from)
    expect(interval).toBe(minutes * MINUTE)
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain(`is rounded down to ${words}`)
    expect(warnings[0]).toContain(from === 'environment' ? VARIABLE : 'config.yml:2')
  })

  it('can be off', () => {
    expect(load('off', from)).toEqual({ interval: 'off', warnings: [] })
  })

  it.each(['0', '0m', '-1m', 'abc', '30s', '20'])('refuses %s and says what is allowed', (value) => {
    expect(() => load(value, from)).toThrow(/allowed: 1m, 2m, 3m, .*whole hours.* or off/)
  })
})

it('is 20 minutes where nothing is said', () => {
  expect(load('', 'environment')).toEqual({ interval: 20 * MINUTE, warnings: [] })
})
