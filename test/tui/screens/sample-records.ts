// What a hub tells of its past for the screens' tests: usage and lines of the log.
import type { LogEntry } from '../../../src/control/log.js'
import type { ShownUsage } from '../../../src/control/trace-reader.js'
import { NOW } from './sample.js'

/** Two days of the last week are without a request. */
export function usageByDay(): ShownUsage[] {
  return [0, 1, 2, 4, 5, 6].map((back) => ({
    key: `2026-11-${String(20 - back).padStart(2, '0')}`,
    title: null,
    requests: 340 - back * 40,
    failed: back === 2 ? 7 : 0,
    usage: {
      inputFresh: 310_000 - back * 20_000,
      cacheRead: 5_400_000 - back * 700_000,
      cacheWrite5m: 120_000,
      cacheWrite1h: 0,
      output: 98_000 - back * 9_000,
      reasoning: 40_000,
    },
    cost: 4.21 - back * 0.61,
    unpriced: back === 1 ? 12 : 0,
  }))
}

export function usageByModel(): ShownUsage[] {
  const names = ['deepseek-v4-flash', 'claude-opus-5-2', 'kimi-k3', '–']
  return usageByDay()
    .slice(0, names.length)
    .map((row, index) => ({ ...row, key: names[index] ?? '' }))
}

export function logEntries(): LogEntry[] {
  const at = (secondsAgo: number) => NOW - secondsAgo * 1000
  return [
    {
      time: at(7200),
      level: 'info',
      event: 'hub.started',
      fields: [
        ['host', '127.0.0.1'],
        ['port', '8090'],
        ['pid', '4711'],
      ],
    },
    { time: at(7100), level: 'info', event: 'config.reloaded', fields: [] },
    {
      time: at(3600),
      level: 'warn',
      event: 'quota.failed',
      fields: [['message', '"The provider of moonshot refused the key (401)."']],
    },
    {
      time: at(1200),
      level: 'error',
      event: 'config.refused',
      fields: [['message', '"config.yml:12:3: channels[0].nmae: unknown key; did you mean \\"name\\"?"']],
    },
    {
      time: at(60),
      level: 'info',
      event: 'request.relayed',
      fields: [
        ['id', 'ar-0a1b2c'],
        ['status', '200'],
        ['ms', '1204'],
      ],
    },
  ]
}
