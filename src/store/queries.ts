// Every question that the store answers, with the types of both sides, in one table: the worker answers all of
// them, a read-only view those that change nothing.
import type Database from 'better-sqlite3'
import { dropCard, listCards, putCard } from './cards.js'
import { type ChannelMeasures, channelMeasures, type MeasureQuestion } from './channel-measures.js'
import { listKeys, putKey, revokeKey } from './keys.js'
import { forgetLearned, learn, listLearned } from './learned.js'
import { listTraces } from './listing.js'
import { listPlaces, putPlace } from './places.js'
import { addQuota, listQuota, listTurns, putTurn, type StoredQuota, type StoredTurn } from './quota.js'
import { type QuotaHistoryQuestion, quotaHistory } from './quota-history.js'
import { type MatchQuestion, type RuleMatch, ruleMatches } from './rule-matches.js'
import { showBody, showRequest, showTrace } from './show.js'
import { showTimes } from './stream-times.js'
import { type TraceLine, traceLine } from './trace-line.js'
import { usage } from './usage.js'
import type {
  BodyQuestion,
  CardPlace,
  ChunkTime,
  Learned,
  ListedTrace,
  ListTraces,
  RequestView,
  StoredCard,
  StoredKey,
  StoredPlace,
  TraceView,
  UsageQuestion,
  UsageRow,
} from './views.js'
import { type WindowCost, type WindowCostQuestion, windowCost } from './window-cost.js'

/** Question → what is asked, what is answered. */
export type ReadQueries = {
  'list-traces': { ask: ListTraces; answer: ListedTrace[] }
  'show-trace': { ask: { readonly id: string }; answer: TraceView }
  'trace-line': { ask: { readonly id: string }; answer: TraceLine }
  'show-request': { ask: { readonly id: string }; answer: RequestView }
  body: { ask: BodyQuestion; answer: Uint8Array }
  'body-times': { ask: BodyQuestion; answer: ChunkTime[] }
  usage: { ask: UsageQuestion; answer: UsageRow[] }
  'channel-measures': { ask: MeasureQuestion; answer: ChannelMeasures[] }
  'rule-matches': { ask: MatchQuestion; answer: RuleMatch[] }
  'list-keys': { ask: Record<string, never>; answer: StoredKey[] }
  'list-learned': { ask: Record<string, never>; answer: Learned[] }
  'list-places': { ask: Record<string, never>; answer: StoredPlace[] }
  'list-cards': { ask: Record<string, never>; answer: StoredCard[] }
  /** The newest row of each meter. */
  'list-quota': { ask: Record<string, never>; answer: StoredQuota[] }
  'list-quota-turns': { ask: Record<string, never>; answer: StoredTurn[] }
  'quota-history': { ask: QuotaHistoryQuestion; answer: StoredQuota[] }
  'window-cost': { ask: WindowCostQuestion; answer: WindowCost[] }
}

type WriteQueries = {
  'put-key': { ask: StoredKey; answer: null }
  'revoke-key': { ask: { readonly name: string }; answer: null }
  learn: { ask: Learned; answer: null }
  'forget-learned': { ask: { readonly channel: string }; answer: null }
  /** `bound`: how many are kept. */
  'put-place': { ask: { readonly place: StoredPlace; readonly bound: number }; answer: null }
  'put-card': { ask: StoredCard; answer: null }
  'add-quota': { ask: readonly StoredQuota[]; answer: null }
  'put-quota-turn': { ask: StoredTurn; answer: null }
  'drop-card': { ask: CardPlace; answer: null }
}

export type Queries = ReadQueries & WriteQueries

type Answers<Q extends Record<string, { ask: unknown; answer: unknown }>> = {
  readonly [K in keyof Q]: (database: Database.Database, ask: Q[K]['ask']) => Q[K]['answer']
}

const READERS: Answers<ReadQueries> = {
  'list-traces': listTraces,
  'show-trace': (database, { id }) => showTrace(database, id),
  'trace-line': traceLine,
  'show-request': (database, { id }) => showRequest(database, id),
  body: showBody,
  'body-times': showTimes,
  usage,
  'channel-measures': channelMeasures,
  'rule-matches': ruleMatches,
  'list-keys': (database) => listKeys(database),
  'list-learned': (database) => listLearned(database),
  'list-places': (database) => listPlaces(database),
  'list-cards': (database) => listCards(database),
  'list-quota': (database) => listQuota(database),
  'list-quota-turns': (database) => listTurns(database),
  'quota-history': quotaHistory,
  'window-cost': windowCost,
}

const ALL: Answers<Queries> = {
  ...READERS,
  'put-key': (database, key) => {
    putKey(database, key)
    return null
  },
  'revoke-key': (database, { name }) => {
    revokeKey(database, name)
    return null
  },
  'put-place': (database, { place, bound }) => {
    putPlace(database, place, bound)
    return null
  },
  'add-quota': (database, rows) => {
    addQuota(database, rows)
    return null
  },
  'put-quota-turn': (database, turn) => {
    putTurn(database, turn)
    return null
  },
  'put-card': (database, card) => {
    putCard(database, card)
    return null
  },
  'drop-card': (database, place) => {
    dropCard(database, place)
    return null
  },
  learn: (database, lesson) => {
    learn(database, lesson)
    return null
  },
  'forget-learned': (database, { channel }) => {
    forgetLearned(database, channel)
    return null
  },
}

/** Answers any question. Throws HubError for what the asker did wrong. */
export function answer<K extends keyof Queries>(
  database: Database.Database,
  name: K,
  ask: Queries[K]['ask'],
): Queries[K]['answer'] {
  return ALL[name](database, ask)
}

/** Answers a question that changes nothing. */
export function answerRead<K extends keyof ReadQueries>(
  database: Database.Database,
  name: K,
  ask: ReadQueries[K]['ask'],
): ReadQueries[K]['answer'] {
  return READERS[name](database, ask)
}
