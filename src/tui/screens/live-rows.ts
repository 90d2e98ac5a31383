// The rows of the live screen: conversations, their requests under them, subagents' under those. Pure.

import type { ListedTrace } from '../../control/trace-reader.js'
import type { LiveRequest, LiveState, LiveUsage } from './live-state.js'

/** What a conversation took, as far as it is known here or the hub has told. */
export type Totals = {
  readonly usage: LiveUsage
  readonly cost: number
  readonly requests: number
  /** Some of it has no price. */
  readonly isUnpriced: boolean
}

export type GroupRow = {
  readonly type: 'group'
  readonly key: string
  readonly trace: string
  readonly agent: string
  readonly title: string | null
  /** A recorded request that was sent again. */
  readonly isReplay: boolean
  readonly running: number
  readonly totals: Totals
  /** Ms since the epoch. */
  readonly lastAt: number
  readonly fold: 'open' | 'closed' | 'none'
}

export type RequestRow = {
  readonly type: 'request'
  readonly key: string
  readonly request: LiveRequest
  /** 1 under the conversation, 2 for a subagent's. */
  readonly depth: 1 | 2
}

export type LiveRow = GroupRow | RequestRow

/** Conversations used within this time keep their places among each other, so that rows do not jump about, ms. */
const ACTIVE_MS = 120_000

/** Requests that are over and shown without being asked for. */
const SHOWN_WHEN_ACTIVE = 3
const SHOWN_WHEN_OPENED = 100

const NOTHING: LiveUsage = {
  inputFresh: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 0,
  reasoning: 0,
}

function sum(one: LiveUsage, other: LiveUsage): LiveUsage {
  return {
    inputFresh: one.inputFresh + other.inputFresh,
    cacheRead: one.cacheRead + other.cacheRead,
    cacheWrite5m: one.cacheWrite5m + other.cacheWrite5m,
    cacheWrite1h: one.cacheWrite1h + other.cacheWrite1h,
    output: one.output + other.output,
    reasoning: one.reasoning + other.reasoning,
  }
}

type Group = {
  readonly trace: string
  readonly requests: LiveRequest[]
  readonly listed: ListedTrace | undefined
}

function groupsOf({ requests, traces }: LiveState): Group[] {
  const groups = new Map<string, Group>()
  for (const listed of traces) groups.set(listed.id, { trace: listed.id, requests: [], listed })
  for (const request of requests.values()) {
    const group = groups.get(request.trace) ?? { trace: request.trace, requests: [], listed: undefined }
    group.requests.push(request)
    groups.set(request.trace, group)
  }
  return [...groups.values()]
}

function lastAt({ requests, listed }: Group): number {
  return Math.max(listed?.lastAt ?? 0, requests.at(-1)?.startedAt ?? 0)
}

function firstAt({ requests, listed }: Group): number {
  return listed?.startedAt ?? requests[0]?.startedAt ?? 0
}

function totalsOf({ requests, listed }: Group): Totals {
  if (listed !== undefined)
    return {
      usage: listed.usage,
      cost: listed.cost,
      requests: listed.requests,
      isUnpriced: listed.unpriced > 0,
    }
  return {
    usage: requests.reduce((total, { usage }) => (usage === null ? total : sum(total, usage)), NOTHING),
    cost: requests.reduce((total, { cost }) => total + (cost ?? 0), 0),
    requests: requests.length,
    isUnpriced: requests.some(({ usage, cost }) => usage !== null && cost === null),
  }
}

/** Newest first; those of the last minutes by their beginning, which does not change. */
function inOrder(groups: readonly Group[], now: number): Group[] {
  const isActive = (group: Group) =>
    group.requests.some(({ outcome }) => outcome === 'running') || now - lastAt(group) < ACTIVE_MS
  const active = groups.filter(isActive).sort((one, other) => firstAt(other) - firstAt(one))
  const idle = groups.filter((group) => !isActive(group)).sort((one, other) => lastAt(other) - lastAt(one))
  return [...active, ...idle]
}

function shownRequests(group: Group, state: LiveState, now: number): LiveRequest[] {
  if (state.closed.has(group.trace)) return []
  const most = state.opened.has(group.trace)
    ? SHOWN_WHEN_OPENED
    : now - lastAt(group) < ACTIVE_MS
      ? SHOWN_WHEN_ACTIVE
      : 0
  const over = group.requests.filter(({ outcome }) => outcome !== 'running')
  const kept = new Set(most === 0 ? [] : over.slice(-most))
  return group.requests.filter((request) => request.outcome === 'running' || kept.has(request))
}

/** Main requests in their order, each subagent's together after them. */
function withSubagents(requests: readonly LiveRequest[]): RequestRow[] {
  const row = (request: LiveRequest, depth: 1 | 2): RequestRow => ({
    type: 'request',
    key: request.id,
    request,
    depth,
  })
  const main = requests.filter(({ subagent }) => subagent === null)
  const names = new Set(requests.flatMap(({ subagent }) => (subagent === null ? [] : [subagent])))
  const others = [...names].flatMap((name) => requests.filter(({ subagent }) => subagent === name))
  return [...main.map((request) => row(request, 1)), ...others.map((request) => row(request, 2))]
}

function groupRow(group: Group, shown: number): GroupRow {
  const agent = group.listed?.agent ?? group.requests[0]?.agent ?? 'other'
  return {
    type: 'group',
    key: group.trace,
    trace: group.trace,
    agent,
    title: group.listed?.title ?? null,
    isReplay: group.listed?.source === 'replay',
    running: group.requests.filter(({ outcome }) => outcome === 'running').length,
    totals: totalsOf(group),
    lastAt: lastAt(group),
    fold: shown > 0 ? 'open' : group.requests.length > 0 ? 'closed' : 'none',
  }
}

function isWanted(group: Group, filter: string): boolean {
  if (filter === '') return true
  const words = [
    group.trace,
    group.listed?.title ?? '',
    group.listed?.agent ?? '',
    ...(group.listed?.models ?? []),
    ...group.requests.flatMap(({ id, agent, modelAsked, modelUsed, channel, purpose, outcome }) => [
      id,
      agent,
      modelAsked,
      modelUsed ?? '',
      channel ?? '',
      purpose,
      outcome,
    ]),
  ]
  return words.some((word) => word.toLowerCase().includes(filter))
}

/** All rows, in their order. `filter`: lower case, '' for all. */
export function liveRows(state: LiveState, filter: string, now: number): LiveRow[] {
  const groups = groupsOf(state).filter((group) => isWanted(group, filter))
  return inOrder(groups, now).flatMap((group) => {
    const shown = withSubagents(shownRequests(group, state, now))
    return [groupRow(group, shown.length), ...shown]
  })
}

/** The index of the cursor's row; the first one when it is gone. */
export function cursorIndex(rows: readonly LiveRow[], cursor: string | null): number {
  return Math.max(
    0,
    rows.findIndex(({ key }) => key === cursor),
  )
}
