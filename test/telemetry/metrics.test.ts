// Figures of a running hub in the words of Prometheus, over the control socket alone.
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resolvePaths } from '../../src/config/paths.js'
import { openMetrics } from '../../src/telemetry/metrics.js'
import { openTally } from '../../src/telemetry/tally.js'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type RawUpstream, rawUpstream, sendJson } from '../support/raw-upstream.js'
import { finished } from '../support/records.js'
import { NOTHING } from '../support/standing.js'

let upstream: RawUpstream
let hub: TestHub

beforeAll(async () => {
  upstream = await rawUpstream((response, seen) => {
    if (seen.body.includes('broken')) sendJson(response, { error: { message: 'no' } }, 400)
    else
      sendJson(response, {
        id: 'c',
        model: 'm',
        choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 10, completion_tokens: 4 },
      })
  })
  hub = await startTestHub({
    config: `
channels:
  - { name: up, endpoints: { openai-chat: "${upstream.url}" } }
  - { name: away, endpoints: { openai-chat: "${upstream.url}" }, enabled: false }
`,
  })
})
afterAll(async () => {
  await hub.stop()
  await upstream.close()
})

function scrape(): Promise<{ type: string; text: string }> {
  const { socket } = resolvePaths({ AXONHUB_HOME: hub.home }, hub.home)
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: socket, path: '/metrics' }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (piece: string) => {
        text += piece
      })
      answer.on('end', () => resolve({ type: answer.headers['content-type'] ?? '', text }))
    })
    asked.on('error', reject)
    asked.end()
  })
}

const ask = async (model: string) =>
  (await hub.post('/v1/chat/completions', { model, messages: [{ role: 'user', content: 'hi' }] })).text()

describe('GET /metrics on the control socket', () => {
  it('tells requests, tokens, times, and how channels and recorder are', async () => {
    await ask('m')
    await ask('m')
    await ask('broken')
    const { type, text } = await scrape()
    expect(type).toMatch(/^text\/plain; version=0\.0\.4/)
    const lines = text.split('\n')
    expect(lines).toEqual(
      expect.arrayContaining([
        'axonhub_requests_total{channel="up",model="m",outcome="completed"} 2',
        'axonhub_requests_total{channel="none",model="none",outcome="failed"} 1',
        'axonhub_attempts_total{channel="up",result="upstream-rejected"} 1',
        'axonhub_tokens_total{channel="up",model="m",kind="input_fresh"} 20',
        'axonhub_tokens_total{channel="up",model="m",kind="output"} 8',
        'axonhub_request_duration_seconds_count{channel="up",outcome="completed"} 2',
        '# TYPE axonhub_first_token_seconds histogram',
        'axonhub_first_token_seconds_bucket{le="+Inf",channel="up"} 2',
        'axonhub_channel_up{channel="up"} 1',
        'axonhub_channel_up{channel="away"} 0',
        'axonhub_recorder_dropped_bodies_total 0',
        'axonhub_requests_running 0',
      ]),
    )
    for (const line of lines)
      expect(line).toMatch(/^(|# (HELP|TYPE) \w+ .*|\w+(\{(\w+="[^"]*",?)*\})? -?[\d.e+-]+|\w+ Nan)$/)
  })

  it('is not on the port of the agents', async () => {
    expect((await hub.get('/metrics')).status).toBe(404)
  })
})

describe('the number of series', () => {
  it('stays bounded, whatever names agents make up', async () => {
    const tally = openTally()
    for (let number = 0; number < 2_000; number++)
      tally.note(finished({ requestId: `r${number}`, channel: 'up', modelUsed: `model-${number}\n"x"` }))
    const { text } = await openMetrics(tally).text(NOTHING)
    const series = text.split('\n').filter((line) => line.startsWith('axonhub_requests_total{'))
    expect(series.length).toBeLessThanOrEqual(201)
    expect(text).toContain('model="other"')
  })

  it('shows what stands now and not what stood before', async () => {
    const metrics = openMetrics(openTally())
    const quota = { channel: 'up', account: 'a', meter: '5h', window: '5h', usedPercent: 40 }
    const costs = [{ model: 'm', dollars: 1.5 }]
    await metrics.text({ ...NOTHING, quotas: [quota], costs, collectorWell: false })
    const { text } = await metrics.text({ ...NOTHING, costs, collectorWell: true })
    expect(text).not.toContain('axonhub_quota_used_percent{')
    expect(text).toContain('axonhub_cost_dollars_total{model="m"} 1.5')
    expect(text).toContain('axonhub_collector_up 1')
  })
})
