// What the codecs are told about the world outside: names, ids, time.

import type { DecodeContext, EncodeContext } from '../protocol/codec.js'
import type { IrRequest } from '../protocol/ir/request.js'
import type { Exchange } from './exchange-state.js'
import type { Target } from './target.js'

/** A relay's tap reads answers without knowing the request: nothing was renamed, so nothing must be restored. */
function bareRequest(model: string, stream: boolean): IrRequest {
  return { model, stream, turns: [], tools: [], sampling: {} }
}

export function decodeContext(exchange: Exchange, target: Target, request?: IrRequest): DecodeContext {
  return {
    request: request ?? bareRequest(target.model, exchange.glance.stream),
    dialect: target.dialect,
    footprint: target.footprint,
    newId: exchange.deps.newId,
  }
}

export function encodeContext(exchange: Exchange, request?: IrRequest): EncodeContext {
  const { agent } = exchange.identity
  return {
    request: request ?? bareRequest(exchange.glance.model, exchange.glance.stream),
    model: exchange.glance.model,
    newId: exchange.deps.newId,
    nowSeconds: Math.floor(exchange.deps.clock.now() / 1000),
    agent,
  }
}
