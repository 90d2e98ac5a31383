// What the trace screen does with messages: opening a conversation, following its newest request, scrolling. Pure.

import type { Effect } from '../effect.js'
import { glyphsFor } from '../glyphs.js'
import { type Key, moved } from '../keys.js'
import type { Message } from '../message.js'
import { type Model, type Update, unchanged, withScreen } from '../model.js'
import { bodyArea } from '../screen.js'
import { conversationAtCursor } from './live-cursor.js'
import { scrolled, viewArea } from './trace.js'
import { everyRequest, noTrace, shownRequest, type TraceState } from './trace-state.js'

/** How soon a conversation that goes on is asked again, ms. */
const ASK_MS = 1_500

const VIEWS: readonly TraceState['view'][] = ['said', 'facts', 'wire']

function put(model: Model, state: TraceState, effects: readonly Effect[] = []): Update {
  return { model: withScreen(model, 'trace', state), effects }
}

function askTrace(id: string): Effect {
  return { type: 'ask', question: { of: 'trace', id } }
}

/** What the view needs and has not got. */
function needs(before: TraceState, state: TraceState): Effect[] {
  const request = shownRequest(state)
  if (request === undefined) return []
  const { id, protocol } = request
  const was = shownRequest(before)
  const isFresh = was?.id !== id || was.outcome !== request.outcome
  const said: Effect[] =
    isFresh || state.conversation?.request !== id
      ? [{ type: 'ask', question: { of: 'conversation', request: id, protocol } }]
      : []
  const wire: Effect[] =
    state.view === 'wire' && (isFresh || state.wire?.request !== id)
      ? [{ type: 'ask', question: { of: 'wire', request: id } }]
      : []
  const isWatched = state.heard?.request === id
  const watch: Effect[] =
    request.outcome === 'running' && !isWatched ? [{ type: 'watch', request: id, protocol }] : []
  return [...said, ...wire, ...watch]
}

function open(model: Model, trace: string, request: string | undefined): Update {
  const state = { ...noTrace(), id: trace, wanted: request ?? null, askedAt: model.now }
  return put(model, state, [{ type: 'unwatch' }, askTrace(trace)])
}

/** The next or the previous request. */
function stepped(model: Model, step: number): Update {
  const state = model.screens.trace
  const all = everyRequest(state.trace)
  const at = all.findIndex(({ id }) => id === shownRequest(state)?.id)
  const next = all[Math.max(0, Math.min(all.length - 1, at + step))]
  if (next === undefined || all[at]?.id === next.id) return unchanged(model)
  const fresh = { ...state, wanted: next.id, heard: null, top: null }
  return put(model, fresh, [{ type: 'unwatch' }, ...needs(state, fresh)])
}

function viewed(model: Model, view: TraceState['view']): Update {
  const state = model.screens.trace
  const fresh: TraceState = { ...state, view, top: null }
  const request = shownRequest(fresh)
  const isMissing = view === 'wire' && request !== undefined && fresh.wire?.request !== request.id
  return put(model, fresh, isMissing ? [{ type: 'ask', question: { of: 'wire', request: request.id } }] : [])
}

function scrolledBy(model: Model, key: Key): Update {
  const area = bodyArea(model)
  const at = scrolled(model, area, glyphsFor('unicode'))
  const page = viewArea(area).height
  if (at === null) return unchanged(model)
  const last = Math.max(0, at.lines.length - page)
  const top = moved(key, at.top, last + 1, page)
  if (top === undefined) return unchanged(model)
  const state = model.screens.trace
  const follows = state.view === 'said' && top >= last
  return put(model, { ...state, top: follows ? null : top })
}

function pressed(model: Model, key: Key): Update {
  const state = model.screens.trace
  const request = shownRequest(state)
  switch (key.name) {
    case 'escape':
      return { model, effects: [{ type: 'say', message: { type: 'go', screen: 'live' } }] }
    case 'h':
    case 'left':
      return stepped(model, -1)
    case 'l':
    case 'right':
      return stepped(model, 1)
    case 'v': {
      const next = VIEWS[(VIEWS.indexOf(state.view) + 1) % VIEWS.length]
      return viewed(model, next ?? 'said')
    }
    case 'c':
      return viewed(model, 'said')
    case 'd':
      return viewed(model, 'facts')
    case 'w':
      return viewed(model, 'wire')
    case 't':
      return put(model, { ...state, thinking: state.thinking === 'open' ? 'folded' : 'open' })
    case 'y':
      return request === undefined
        ? unchanged(model)
        : { model, effects: [{ type: 'copy', text: request.id, what: 'the id of the request' }] }
    default:
      return scrolledBy(model, key)
  }
}

/** A conversation that something happened in is asked again; not more often than every ASK_MS. */
function ticked(model: Model): Update {
  const state = model.screens.trace
  if (state.id === null || model.screen !== 'trace' || model.hub.connection.type !== 'open')
    return unchanged(model)
  if (model.now - state.askedAt < ASK_MS) return unchanged(model)
  const isOld = [...model.screens.live.requests.values()].some(
    ({ trace, startedAt, durationMs }) =>
      trace === state.id && startedAt + (durationMs ?? 0) >= state.askedAt - 100,
  )
  const runs = everyRequest(state.trace).some(({ outcome }) => outcome === 'running')
  if (!isOld && !runs && state.trace !== null) return unchanged(model)
  return put(model, { ...state, askedAt: model.now }, [askTrace(state.id)])
}

function answered(model: Model, message: Extract<Message, { type: 'answer' }>): Update {
  const { answer } = message
  const state = model.screens.trace
  switch (answer.of) {
    case 'trace': {
      if (answer.trace.id !== state.id) return unchanged(model)
      const fresh = { ...state, trace: answer.trace }
      return put(model, fresh, needs(state, fresh))
    }
    case 'conversation': {
      if (answer.request !== shownRequest(state)?.id) return unchanged(model)
      const { request, conversation } = answer
      // What was heard is kept until the whole answer is there.
      const isWhole = conversation.answered.length > 0 && shownRequest(state)?.outcome !== 'running'
      return put(model, {
        ...state,
        conversation: { request, conversation },
        heard: isWhole ? null : state.heard,
      })
    }
    case 'wire':
      return answer.request === shownRequest(state)?.id
        ? put(model, { ...state, wire: { request: answer.request, wire: answer.wire } })
        : unchanged(model)
    default:
      return unchanged(model)
  }
}

export function updateTrace(model: Model, message: Message): Update {
  const state = model.screens.trace
  switch (message.type) {
    case 'key':
      return pressed(model, message.key)
    case 'open-trace':
      return open(model, message.trace, message.request)
    case 'go': {
      // Nothing was opened yet: the conversation under the cursor of the list is meant.
      const trace = message.screen === 'trace' && state.id === null ? conversationAtCursor(model) : undefined
      return trace === undefined ? unchanged(model) : open(model, trace, undefined)
    }
    case 'connected':
      return state.id === null ? unchanged(model) : { model, effects: [askTrace(state.id)] }
    case 'tick':
      return ticked(model)
    case 'answer':
      return answered(model, message)
    case 'heard': {
      if (message.request !== shownRequest(state)?.id) return unchanged(model)
      const fresh = { ...state, heard: { request: message.request, said: message.said } }
      return put(model, message.ended ? { ...fresh, askedAt: 0 } : fresh)
    }
    default:
      return unchanged(model)
  }
}
