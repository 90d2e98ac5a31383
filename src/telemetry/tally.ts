// What the hub did since it began, counted in place when a request is over. Law: numbers alone are kept, nothing of a request, and
// names that agents choose cannot make them grow without bound.

import type { AttemptFinished, RequestFinished } from '../store/record.js'
import { Spread } from './spread.js'

/** What is counted of a message. */
export type Figures =
  | Pick<
      RequestFinished,
      'type' | 'channel' | 'modelUsed' | 'outcome' | 'durationMs' | 'firstTokenMs' | 'usage'
    >
  | Pick<AttemptFinished, 'type' | 'channel' | 'outcome' | 'errorCode'>

type Outcome = RequestFinished['outcome']

export type TokenKind = 'input_fresh' | 'cache_read' | 'cache_write' | 'output' | 'reasoning'

/** The requests that a channel answered under one name of a model. */
export type ModelTally = {
  readonly model: string
  readonly outcomes: Record<Outcome, number>
  readonly tokens: Record<TokenKind, number>
}

export type ChannelTally = {
  readonly channel: string
  readonly models: ReadonlyMap<string, ModelTally>
  /** Tries, by how they ended: `ok`, or the code of the error. */
  readonly results: ReadonlyMap<string, number>
  /** From a request to its first token. */
  readonly firstToken: Spread
  /** From a request to the end of its answer. */
  readonly durations: ReadonlyMap<Outcome, Spread>
}

export type Tally = {
  note(figures: Figures): void
  channels(): Iterable<ChannelTally>
}

/** Seconds; a first token may take minutes where a model thinks. */
const FIRST_TOKEN = [0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300]
const DURATION = [0.25, 0.5, 1, 2, 5, 10, 20, 40, 80, 160, 320, 640, 1280]

/** Distinct names of channels and of models; what comes after is counted as `other`. */
const MOST_NAMES = 200
const LONGEST_NAME = 128

function bounded(): (name: string | undefined) => string {
  const names = new Set<string>()
  return (name) => {
    if (name === undefined) return 'none'
    if (names.has(name)) return name
    const short = name.slice(0, LONGEST_NAME)
    if (names.has(short)) return short
    if (names.size >= MOST_NAMES) return 'other'
    names.add(short)
    return short
  }
}

class OfChannel implements ChannelTally {
  readonly models = new Map<string, ModelTally>()
  readonly results = new Map<string, number>()
  readonly firstToken = new Spread(FIRST_TOKEN)
  readonly durations = new Map<Outcome, Spread>()

  constructor(readonly channel: string) {}

  ofModel(model: string): ModelTally {
    const known = this.models.get(model)
    if (known !== undefined) return known
    const fresh: ModelTally = {
      model,
      outcomes: { completed: 0, failed: 0, canceled: 0 },
      tokens: { input_fresh: 0, cache_read: 0, cache_write: 0, output: 0, reasoning: 0 },
    }
    this.models.set(model, fresh)
    return fresh
  }

  duration(outcome: Outcome): Spread {
    const known = this.durations.get(outcome)
    if (known !== undefined) return known
    const fresh = new Spread(DURATION)
    this.durations.set(outcome, fresh)
    return fresh
  }
}

function countTokens(tokens: ModelTally['tokens'], usage: NonNullable<RequestFinished['usage']>): void {
  tokens.input_fresh += usage.inputFresh
  tokens.cache_read += usage.cacheRead
  tokens.cache_write += usage.cacheWrite5m + usage.cacheWrite1h
  tokens.output += usage.output
  tokens.reasoning += usage.reasoning
}

export function openTally(): Tally {
  const channels = new Map<string, OfChannel>()
  const channelOf = bounded()
  const modelOf = bounded()
  const ofChannel = (name: string | undefined) => {
    const channel = channelOf(name)
    const known = channels.get(channel)
    if (known !== undefined) return known
    const fresh = new OfChannel(channel)
    channels.set(channel, fresh)
    return fresh
  }
  return {
    note(figures) {
      const tally = ofChannel(figures.channel)
      if (figures.type === 'attempt-finished') {
        const { outcome, errorCode } = figures
        const result = outcome === 'completed' ? 'ok' : (errorCode ?? outcome)
        tally.results.set(result, (tally.results.get(result) ?? 0) + 1)
        return
      }
      const { outcome, durationMs, firstTokenMs, usage } = figures
      const model = tally.ofModel(modelOf(figures.modelUsed))
      model.outcomes[outcome] += 1
      if (usage !== undefined) countTokens(model.tokens, usage)
      tally.duration(outcome).note(durationMs / 1000)
      if (firstTokenMs !== undefined) tally.firstToken.note(firstTokenMs / 1000)
    },
    channels: () => channels.values(),
  }
}
