// A streamed answer. `ir/grammar.ts` says which order is legal; every decoder obeys it, every encoder relies on it.
//   start ( part-start part-delta* part-end | whole part | usage )* finish      or at any point: error, the last
// Parts carry an index (0,1,2 … in order of their start) and may overlap; `sequential` puts them one after another.

import type { HubError } from '../../base/errors.js'
import type { Carry, MediaPart, OpaquePart, Seal, ToolKind } from './part.js'
import type { FinishReason } from './response.js'
import type { IrUsage } from './usage.js'

export type IrEvent =
  | { readonly type: 'start'; readonly id?: string; readonly model?: string; readonly carry?: Carry }
  | { readonly type: 'text-start'; readonly index: number; readonly refusal?: true }
  | { readonly type: 'text-delta'; readonly index: number; readonly text: string }
  | { readonly type: 'text-end'; readonly index: number; readonly carry?: Carry }
  | {
      readonly type: 'reasoning-start'
      readonly index: number
      readonly visibility: 'summary' | 'raw'
      /** The maker's own id of the item, where it is told at the start (Responses `rs_…`); the seal repeats it. */
      readonly id?: string
    }
  | { readonly type: 'reasoning-delta'; readonly index: number; readonly text: string }
  | { readonly type: 'reasoning-end'; readonly index: number; readonly seal?: Seal; readonly carry?: Carry }
  | {
      readonly type: 'tool-call-start'
      readonly index: number
      readonly id: string
      readonly kind: ToolKind
      readonly name: string
      readonly namespace?: string
    }
  /** A further piece of the input: JSON text for function and search, free text for custom. */
  | { readonly type: 'tool-call-delta'; readonly index: number; readonly input: string }
  | { readonly type: 'tool-call-end'; readonly index: number; readonly carry?: Carry }
  /** Parts that come whole. */
  | { readonly type: 'media'; readonly index: number; readonly part: MediaPart }
  | { readonly type: 'opaque'; readonly index: number; readonly part: OpaquePart }
  /** The newest totals; a later one replaces an earlier one. */
  | { readonly type: 'usage'; readonly usage: IrUsage }
  | {
      readonly type: 'finish'
      readonly reason: FinishReason
      readonly stopSequence?: string
      readonly usage?: IrUsage
      readonly carry?: Carry
    }
  | { readonly type: 'error'; readonly error: HubError }
