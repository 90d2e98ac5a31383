// A whole answer. It is always `collect(events)`: there is no second mapping that could drift apart.

import type { Carry, IrPart } from './part.js'
import type { IrUsage } from './usage.js'

/**
 * stop: done, or a stop sequence · tool-calls: the agent shall run tools · length: max output tokens ·
 * context: the window is full · filter: content filter or refusal · pause: a server tool wants another turn.
 */
export type FinishReason = 'stop' | 'tool-calls' | 'length' | 'context' | 'filter' | 'pause'

export type IrFinish = { readonly reason: FinishReason; readonly stopSequence?: string }

export type IrResponse = {
  /** The upstream's id, when it gave one. */
  readonly id?: string
  /** The upstream's model name, for the trace; the asker is always told the name it asked for. */
  readonly model?: string
  readonly parts: readonly IrPart[]
  readonly finish: IrFinish
  /** Absent when the upstream told nothing. */
  readonly usage?: IrUsage
  readonly carry?: Carry
}
