// The tap skips what carries only words; the figures must be those of a reader that skips nothing.
import { describe, expect, it } from 'vitest'
import type { DecodeContext } from '../../../src/protocol/codec.js'
import { hear, nothingHeard } from '../../../src/protocol/ir/heard.js'
import { sseParser } from '../../../src/protocol/sse/parse.js'
import { tapStream } from '../../../src/protocol/tap.js'
import { allCodecs, recordedStreams, streams } from '../fixture-files.js'

const context = (): DecodeContext => {
  let count = 0
  return {
    request: { model: 'm', stream: true, turns: [], tools: [], sampling: {} },
    dialect: {},
    footprint: 'f',
    newId: (prefix) => `${prefix}${++count}`,
  }
}

describe.each(allCodecs)('the tap on $id', (codec) => {
  it.each([...streams(codec.id), ...recordedStreams(codec.id)])(
    '$name: hears the same figures as a full reader',
    ({ bytes }) => {
      const parser = sseParser()
      const events = [...parser.push(bytes), ...parser.end()]
      const full = nothingHeard()
      const decoder = codec.client.decodeStream(context())
      for (const event of [...events.flatMap((one) => decoder.push(one)), ...decoder.end()]) hear(full, event)
      const tap = tapStream(codec, context())
      for (const event of events) tap.push([event])
      tap.end()
      const { usage, finish, error, content, responseId } = tap
      expect({ usage, finish, content, responseId, error: error?.code }).toEqual({
        ...full,
        error: full.error?.code,
      })
    },
  )
})
