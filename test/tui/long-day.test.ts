// A thing that is left open all day: eight thousand requests later it holds no more than before, and what it writes to the
// terminal is bounded.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { frame } from '../../src/tui/frame.js'
import type { Message } from '../../src/tui/message.js'
import { openTerminal } from '../../src/tui/terminal.js'
import { createTheme } from '../../src/tui/theme.js'
import { update } from '../../src/tui/update.js'
import { connected, finished, NOW, started } from './samples.js'

const FRAMES_A_SECOND = 12

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')

function heapBytes(): number {
  if (typeof collect === 'function') Reflect.apply(collect, undefined, [])
  return process.memoryUsage().heapUsed
}

it('keeps its memory and bounds its bytes at 200 requests a second', { timeout: 60_000 }, () => {
  const theme = createTheme({ depth: '256', background: 'dark', signs: 'unicode' })
  let written = 0
  const terminal = openTerminal({
    write(text) {
      written += Buffer.byteLength(text)
      return true
    },
    once: () => undefined,
  })
  terminal.enter()
  let model = connected(120, 40)
  let now = NOW
  let number = 0
  const send = (message: Message) => {
    model = update(model, message).model
  }
  const second = () => {
    for (let drawn = 0; drawn < FRAMES_A_SECOND; drawn++) {
      const ids = Array.from({ length: 17 }, () => number++)
      now += 1_000 / FRAMES_A_SECOND
      send({ type: 'tick', now })
      send({
        type: 'events',
        events: ids.flatMap((id) => [
          started(`r${id}`, { traceId: `t${id % 40}-${Math.floor(id / 1_000)}`, startedAt: now }),
          finished(`r${id}`, { finishedAt: now }),
        ]),
      })
      terminal.paint(frame(model, theme.glyphs).map((line) => theme.paint(line)))
    }
  }
  for (let passed = 0; passed < 10; passed++) second()
  const before = { heap: heapBytes(), written }
  for (let passed = 0; passed < 30; passed++) second()
  expect(number).toBeGreaterThan(8_000)
  expect(heapBytes() - before.heap).toBeLessThan(3_000_000)
  expect((written - before.written) / 30).toBeLessThan(150_000)
})
