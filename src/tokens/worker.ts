// The thread that counts tokens: one question at a time, each answered with a number or an error.

import { parentPort } from 'node:worker_threads'
import { asHubError } from '../base/errors.js'
import type { ProtocolId } from '../protocol/ids.js'
import { estimateTokens } from './estimate.js'

export type CountQuestion = { readonly id: number; readonly body: Uint8Array; readonly protocol: ProtocolId }

parentPort?.on('message', ({ id, body, protocol }: CountQuestion) => {
  parentPort?.postMessage({ id, ...answer(body, protocol) })
})

function answer(body: Uint8Array, protocol: ProtocolId): object {
  try {
    return { tokens: estimateTokens(body, protocol) }
  } catch (thrown) {
    const { code, message, detail } = asHubError(thrown)
    return code === 'invalid-request' ? { wrong: message, param: detail.param } : { failed: message }
  }
}
