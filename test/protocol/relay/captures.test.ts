// Messages of real providers and agents pass a relay without a changed byte.
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { isObject, object, parseJson, text } from '../../../src/base/json.js'
import { topLevelSpans } from '../../../src/protocol/json-spans.js'
import { relayStream, spliceModel } from '../../../src/protocol/relay.js'
import { captures, protocols, recordedRequests, recordedStreams, streams } from '../fixture-files.js'
import { parsed } from '../reading.js'

const all = protocols.flatMap((protocol) => [...streams(protocol), ...recordedStreams(protocol)])

function relayed(file: (typeof all)[number], askedModel: string, size: number) {
  const machine = relayStream({ protocol: file.protocol, askedModel })
  const out: Uint8Array[] = []
  for (let at = 0; at < file.bytes.length; at += size)
    out.push(...machine.push(file.bytes.subarray(at, at + size)))
  const end = machine.end()
  return { bytes: Buffer.concat([...out, end.held]), end }
}

/** The name that the stream tells first. */
function modelOf(file: (typeof all)[number]): string {
  for (const event of parsed([file.bytes])) {
    const data = parseJson(event.data)
    if (!isObject(data)) continue
    const holder = object(data, 'response') ?? object(data, 'message') ?? data
    const model = text(holder, 'model') ?? text(data, 'modelVersion') ?? ''
    if (model !== '') return model
  }
  return 'none'
}

describe('a real stream', () => {
  it.each(all)('$protocol $name: is unchanged when the model has the name that was asked for', (file) => {
    const mixed = file.name === 'no-done'
    const { bytes, end } = relayed(file, modelOf(file), 777)
    const expected = Buffer.from(file.bytes).toString('utf8')
    // A filter chunk with an empty name takes the name that was asked for like all others.
    expect(bytes.toString('utf8')).toBe(
      mixed ? expected.replace('"model":""', `"model":"${modelOf(file)}"`) : expected,
    )
    expect(end).toMatchObject({ terminal: 'finished', cleanBoundary: true })
  })

  it.each(all)('$protocol $name: differs only in that name when another was asked for', (file) => {
    const renamed = relayed(file, 'asked-model', 50)
    const back = relayed({ ...file, bytes: renamed.bytes }, modelOf(file), 1000)
    expect(back.bytes.toString('utf8')).toBe(relayed(file, modelOf(file), 1000).bytes.toString('utf8'))
  })
})

describe('a real request', () => {
  describe.skipIf(captures === undefined)('(skipped when AXONHUB_CAPTURES is not set)', () => {
    it.each(recordedRequests())('$name: is unchanged but for the model', ({ body }) => {
      const bytes = Buffer.from(JSON.stringify(body, null, 1))
      const model = text(body, 'model') ?? ''
      expect(spliceModel(bytes, model)).toEqual(bytes)
      const changed = spliceModel(bytes, 'other') ?? new Uint8Array(0)
      expect(parseJson(Buffer.from(changed).toString())).toEqual({ ...body, model: 'other' })
      expect(topLevelSpans(bytes, ['stream'])?.length ?? 0).toBe('stream' in body ? 1 : 0)
    })
  })
})
