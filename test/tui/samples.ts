// Real-shaped data for the screens: two agents, a subagent, a running answer, a failure, long names, wide characters.

import type { StatusReply } from '../../src/control/api.js'
import type { ListedTrace, ShownRequest, ShownTrace } from '../../src/control/trace-reader.js'
import type { HubEvent, Message } from '../../src/tui/message.js'
import { firstModel, type Model } from '../../src/tui/model.js'
import { update } from '../../src/tui/update.js'

export const NOW = Date.UTC(2026, 6, 1, 12, 0, 0)

const NO_USAGE = { inputFresh: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0, reasoning: 0 }

export const USAGE = { ...NO_USAGE, inputFresh: 2_400, cacheRead: 118_000, output: 950, reasoning: 120 }

export function status(more: Partial<StatusReply> = {}): StatusReply {
  return {
    pid: 4711,
    version: '0.1.0',
    startedAt: new Date(NOW - 3_600_000).toISOString(),
    host: '127.0.0.1',
    remote: null,
    port: 8090,
    home: '/home/u/.axonhub',
    demo: false,
    flags: {},
    profile: 'cheap',
    channels: [
      { name: 'deepseek', enabled: true, protocols: ['openai-chat'], provider: 'deepseek', resting: null },
    ],
    keys: ['codex', 'claude'],
    configError: null,
    warnings: [],
    secrets: 'file',
    requests: { running: 1, completed: 3, failed: 1, refused: 0, canceled: 0 },
    recorder: { state: 'ok', queuedBytes: 0, droppedBodies: 0, error: null },
    ...more,
  }
}

export function listed(id: string, more: Partial<ListedTrace> = {}): ListedTrace {
  return {
    id,
    threadId: null,
    source: 'claude-code',
    agent: 'claude-code',
    agentVersion: '2.1.197',
    directory: '/home/u/shop',
    title: 'Fix the login test of the shop',
    startedAt: NOW - 600_000,
    lastAt: NOW - 4_000,
    turns: 3,
    requests: 12,
    failed: 0,
    canceled: 0,
    running: 0,
    models: ['glm-5.2'],
    usage: USAGE,
    cost: 1.236,
    match: null,
    unpriced: 0,
    ...more,
  }
}

type Started = Extract<HubEvent, { type: 'request-started' }>
type Finished = Extract<HubEvent, { type: 'request-finished' }>

export function started(requestId: string, more: Partial<Started> = {}): Started {
  return {
    type: 'request-started',
    requestId,
    traceId: 'trace-claude',
    agent: 'claude-code',
    purpose: 'turn',
    modelAsked: 'claude-sonnet-4-5-20250929',
    protocol: 'anthropic-messages',
    stream: true,
    startedAt: NOW - 4_000,
    ...more,
  }
}

export function finished(requestId: string, more: Partial<Finished> = {}): Finished {
  return {
    type: 'request-finished',
    requestId,
    finishedAt: NOW - 1_000,
    outcome: 'completed',
    status: 200,
    channel: 'zai-coding-plan',
    modelUsed: 'glm-5.2-preview',
    mode: 'convert',
    firstTokenMs: 812,
    durationMs: 14_260,
    usage: USAGE,
    cost: 0.0123,
    notes: [],
    ...more,
  }
}

/** What the live screen hears in a lively minute. */
export const EVENTS: readonly HubEvent[] = [
  started('ar-1', { startedAt: NOW - 40_000 }),
  finished('ar-1'),
  started('ar-2', { startedAt: NOW - 20_000, subagent: 'sub-1', modelAsked: 'claude-haiku-4-5' }),
  finished('ar-2', {
    modelUsed: 'deepseek-v4-flash-with-a-very-long-name-indeed',
    channel: 'deepseek',
    cost: 0.0004,
  }),
  started('ar-3', { startedAt: NOW - 6_000 }),
  {
    type: 'progress',
    requests: [
      {
        requestId: 'ar-3',
        channel: 'zai-coding-plan',
        modelUsed: 'glm-5.2-preview',
        firstTokenMs: 1_400,
        output: 310,
      },
    ],
  },
  started('ar-5', {
    startedAt: NOW - 30_000,
    traceId: 'trace-codex',
    agent: 'codex',
    modelAsked: 'gpt-5.2-codex',
  }),
  finished('ar-5', {
    outcome: 'failed',
    status: 429,
    errorText: 'The plan is used up.',
    channel: 'codex-plan',
    modelUsed: 'gpt-5.2-codex',
    durationMs: 640,
    firstTokenMs: undefined,
    usage: undefined,
    cost: 0,
  }),
  started('ar-4', {
    startedAt: NOW - 2_300,
    traceId: 'trace-codex',
    agent: 'codex',
    modelAsked: 'gpt-5.2-codex',
  }),
]

const TRACES: readonly ListedTrace[] = [
  listed('trace-claude'),
  listed('trace-codex', {
    agent: 'codex',
    title: '日本語のテストを直して、それから全部もう一度実行してください 👩‍👩‍👧 \u001b]8;;http://evil\u0007',
    startedAt: NOW - 100_000,
    requests: 2,
    cost: 0,
    unpriced: 2,
  }),
  listed('trace-old', { title: null, lastAt: NOW - 7_200_000, cost: 0.2, models: ['gpt-5.2'] }),
]

/** The model after messages, one after another. */
export function having(model: Model, ...messages: readonly Message[]): Model {
  return messages.reduce((before, message) => update(before, message).model, model)
}

export function key(name: string): Message {
  return { type: 'key', key: { name, text: name.length === 1 ? name : '' } }
}

export function empty(columns = 80, rows = 24): Model {
  return firstModel({ columns, rows, now: NOW })
}

/** Connected, with what a hub tells in its first second. */
export function connected(columns = 80, rows = 24): Model {
  return having(
    empty(columns, rows),
    { type: 'connected' },
    { type: 'answer', answer: { of: 'status', status: status() } },
    {
      type: 'answer',
      answer: {
        of: 'today',
        rows: [
          { key: '2026-07-01', title: null, requests: 40, failed: 1, usage: USAGE, cost: 3.217, unpriced: 0 },
        ],
      },
    },
  )
}

/** As connected, with conversations and requests on the live screen. */
export function lively(columns = 80, rows = 24): Model {
  return having(
    connected(columns, rows),
    { type: 'answer', answer: { of: 'traces', traces: TRACES } },
    { type: 'events', events: EVENTS },
    { type: 'tick', now: NOW },
  )
}

export function shown(id: string, more: Partial<ShownRequest> = {}): ShownRequest {
  return {
    id,
    traceId: 'trace-claude',
    turn: 1,
    subagent: null,
    parentSubagent: null,
    agent: 'claude-code',
    agentVersion: '2.1.197',
    purpose: 'turn',
    keyName: 'claude',
    profile: 'cheap',
    method: 'POST',
    path: '/anthropic/v1/messages',
    protocol: 'anthropic-messages',
    modelAsked: 'claude-sonnet-4-5-20250929',
    stream: true,
    prompt: null,
    headers: {},
    startedAt: NOW - 40_000,
    finishedAt: NOW - 26_000,
    outcome: 'completed',
    status: 200,
    errorCode: null,
    errorText: null,
    channel: 'zai-coding-plan',
    modelUsed: 'glm-5.2-preview',
    mode: 'convert',
    firstByteMs: 700,
    firstTokenMs: 812,
    durationMs: 14_260,
    gaps: [],
    usage: USAGE,
    cost: 0.0123,
    price: null,
    cacheBreak: null,
    stopReason: 'end_turn',
    notes: [{ kind: 'dropped', path: 'thinking', reason: 'the channel knows no thinking of others' }],
    decision: [
      'mapping 1 of cheap: claude-sonnet-.* → glm-5.2-preview',
      'channel zai-coding-plan: the conversation is on it',
    ],
    attempts: [],
    bodies: [],
    bodiesDropped: 0,
    ...more,
  }
}

export function trace(requests: readonly ShownRequest[]): ShownTrace {
  const { turns: _turns, ...head } = listed('trace-claude', { requests: requests.length })
  return { ...head, turns: [{ number: 1, key: null, prompt: null, startedAt: NOW - 40_000, requests }] }
}
