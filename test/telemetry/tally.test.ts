// What is counted of requests that are over, and how their durations are told.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openMetrics } from '../../src/telemetry/metrics.js'
import { Spread } from '../../src/telemetry/spread.js'
import { openTally } from '../../src/telemetry/tally.js'
import { finished } from '../support/records.js'
import { NOTHING } from '../support/standing.js'

describe('durations as a histogram', () => {
  it('count for every bound that they do not pass', () => {
    const spread = new Spread([0.5, 1, 2])
    for (const seconds of [0.1, 0.5, 0.75, 2, 3]) spread.note(seconds)
    expect(spread.lines('t', { channel: 'up' }).split('\n')).toEqual([
      't_bucket{le="0.5",channel="up"} 2',
      't_bucket{le="1",channel="up"} 3',
      't_bucket{le="2",channel="up"} 4',
      't_bucket{le="+Inf",channel="up"} 5',
      't_sum{channel="up"} 6.35',
      't_count{channel="up"} 5',
      '',
    ])
  })

  it('are told in buckets that never shrink, the last of which holds all', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 20, noNaN: true })), (all) => {
        const spread = new Spread([1, 5, 10])
        for (const seconds of all) spread.note(seconds)
        const told = [...spread.lines('t', {}).matchAll(/le="[^"]+"} (\d+)/g)].map(([, count]) =>
          Number(count),
        )
        expect(told).toEqual([1, 5, 10, Infinity].map((bound) => all.filter((one) => one <= bound).length))
      }),
    )
  })

  it('keep the form of the format whatever a channel is called', () => {
    expect(new Spread([]).lines('t', { channel: 'a"b\\c\nd' })).toContain('{channel="a\\"b\\\\c\\nd"}')
  })
})

describe('the counts', () => {
  it('stand apart by channel, model and end, and are told again as they are', async () => {
    const tally = openTally()
    const one = { channel: 'up', modelUsed: 'm', durationMs: 400 }
    tally.note(finished({ requestId: 'a', ...one }))
    tally.note(finished({ requestId: 'b', ...one, outcome: 'canceled' }))
    tally.note(finished({ requestId: 'c', ...one, channel: 'down' }))
    const metrics = openMetrics(tally)
    await metrics.text(NOTHING)
    const { text } = await metrics.text(NOTHING)
    expect(text.split('\n')).toEqual(
      expect.arrayContaining([
        'axonhub_requests_total{channel="up",model="m",outcome="completed"} 1',
        'axonhub_requests_total{channel="up",model="m",outcome="canceled"} 1',
        'axonhub_requests_total{channel="down",model="m",outcome="completed"} 1',
        'axonhub_request_duration_seconds_bucket{le="0.25",channel="up",outcome="completed"} 0',
        'axonhub_request_duration_seconds_bucket{le="0.5",channel="up",outcome="completed"} 1',
      ]),
    )
  })
})
