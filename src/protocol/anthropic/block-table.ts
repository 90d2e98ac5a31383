// The open blocks of a stream by their index on the wire. Blocks may overlap; indexes may be missing.

import { type JsonObject, number, object } from '../../base/json.js'
import type { IrEvent } from '../ir/event.js'
import type { Repeat } from '../sse/alike.js'
import {
  type BlockScope,
  closeBlock,
  growBlock,
  implicitBlock,
  type OpenBlock,
  openBlock,
  repeatOf,
} from './block-stream.js'
import { waitsForAgent } from './finish.js'

export type BlockTable = {
  /** data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}} */
  start(event: JsonObject): IrEvent[]
  /** data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}} */
  delta(event: JsonObject): IrEvent[]
  /** How such an event was read that only added to an open block; `events`: what it told. */
  repeat(event: JsonObject, events: readonly IrEvent[]): Repeat<IrEvent> | undefined
  /** data: {"type":"content_block_stop","index":0} */
  stop(event: JsonObject): IrEvent[]
  /** Closes what the vendor left open. */
  stopAll(): IrEvent[]
  /** Whether any block was a call that waits for the agent. */
  hasCalls(): boolean
}

export function blockTable(scope: BlockScope): BlockTable {
  const open = new Map<number, OpenBlock>()
  let newest = -1
  let calls = 0

  function close(index: number): IrEvent[] {
    const block = open.get(index)
    open.delete(index)
    return block === undefined ? [] : closeBlock(block, scope)
  }

  function start(event: JsonObject): IrEvent[] {
    const block = object(event, 'content_block')
    if (block === undefined) return []
    const index = number(event, 'index') ?? newest + 1
    const events = close(index)
    const opened = openBlock(block, scope)
    if (opened.block.form === 'call' && waitsForAgent(block)) calls += 1
    open.set(index, opened.block)
    newest = index
    return [...events, ...opened.events]
  }

  return {
    start,
    delta(event) {
      const change = object(event, 'delta')
      if (change === undefined) return []
      const index = number(event, 'index') ?? newest
      const known = open.get(index)
      if (known !== undefined) return growBlock(known, change)
      // Some vendors send text without opening its block.
      const missing = implicitBlock(change)
      if (missing === undefined) return []
      const events = start({ index: Math.max(index, 0), content_block: missing })
      const opened = open.get(newest)
      return opened === undefined ? events : [...events, ...growBlock(opened, change)]
    },
    repeat(event, events) {
      const change = object(event, 'delta')
      const known = open.get(number(event, 'index') ?? newest)
      return change === undefined || known === undefined ? undefined : repeatOf(known, change, events)
    },
    stop: (event) => close(number(event, 'index') ?? newest),
    stopAll: () => [...open.keys()].flatMap(close),
    hasCalls: () => calls > 0,
  }
}
