// Output limit, temperature and stop sequences. Law: `max_tokens` is always sent; sampling is left alone while the
// model thinks, because the API refuses it then (providers §4 Anthropic).

import { compact, type JsonObject } from '../../base/json.js'
import type { Dialect } from '../dialect.js'
import type { Note } from '../ir/note.js'
import type { IrRequest } from '../ir/request.js'

/** Room for a long answer of an agent that named no limit; what Claude Code asks of unknown models (docs/clients.md). */
const DEFAULT_LIMIT = 32_000

/** `max_tokens`: the request's, held to the dialect's limit, else that limit, else 32000. */
export function outputLimit(request: IrRequest, dialect: Dialect, notes: Note[]): number {
  const asked = request.sampling.maxOutputTokens
  const limit = dialect.maxOutputTokens
  if (asked === undefined) return limit ?? DEFAULT_LIMIT
  if (limit === undefined || asked <= limit) return asked
  notes.push({ kind: 'approximated', path: 'max_tokens', reason: `the model's limit is ${limit}` })
  return limit
}

export function encodeSampling(
  request: IrRequest,
  thinking: boolean,
  native: boolean,
  notes: Note[],
): JsonObject {
  const { temperature, topP, topK } = request.sampling
  const stop = (request.sampling.stop ?? []).filter((sequence) => sequence.trim() !== '')
  const stops = { stop_sequences: stop.length === 0 ? undefined : stop }
  if (thinking) {
    noteUnlessDefault(temperature, 'temperature', notes)
    noteUnlessDefault(topP, 'top_p', notes)
    if (topK !== undefined) dropped('top_k', 'sampling is fixed while the model thinks', notes)
    return compact(stops)
  }
  // Newer models take temperature or top_p, not both.
  const both = !native && temperature !== undefined && topP !== undefined
  if (both && topP !== 1) dropped('top_p', 'not accepted together with temperature', notes)
  return compact({
    temperature: clampTemperature(temperature, notes),
    top_p: both ? undefined : topP,
    top_k: topK,
    ...stops,
  })
}

function clampTemperature(temperature: number | undefined, notes: Note[]): number | undefined {
  if (temperature === undefined || temperature <= 1) return temperature
  notes.push({ kind: 'approximated', path: 'temperature', reason: 'the highest value here is 1' })
  return 1
}

function noteUnlessDefault(value: number | undefined, path: string, notes: Note[]): void {
  if (value !== undefined && value !== 1) dropped(path, 'sampling is fixed while the model thinks', notes)
}

function dropped(path: string, reason: string, notes: Note[]): void {
  notes.push({ kind: 'dropped', path, reason })
}
