// Asks the hub the UI's questions. Throws HubError.

import { assertNever } from '../base/assert-never.js'
import { HubError } from '../base/errors.js'
import type { ControlClient } from '../control/client.js'
import type { TuiDeps } from './deps.js'
import type { Question } from './effect.js'
import type { Answer } from './message.js'
import type { WireBody } from './wire.js'

/** Local midnight, ms since the epoch. */
function midnight(now: number): number {
  const day = new Date(now)
  day.setHours(0, 0, 0, 0)
  return day.getTime()
}

/** The bytes, none when they are not kept. */
async function keptBody(
  { control }: TuiDeps,
  question: Parameters<ControlClient['body']>[0],
): Promise<Uint8Array | undefined> {
  try {
    return await control.body(question)
  } catch (thrown) {
    if (thrown instanceof HubError && thrown.code === 'not-found') return undefined
    throw thrown
  }
}

async function conversationOf(deps: TuiDeps, request: string, protocol: string): Promise<Answer> {
  const nothing = new Uint8Array()
  const asked = (await keptBody(deps, { request, which: 'request' })) ?? nothing
  const answered = (await keptBody(deps, { request, which: 'response' })) ?? nothing
  const conversations = await deps.conversations()
  return {
    of: 'conversation',
    request,
    conversation: {
      asked: conversations.asked(protocol, asked),
      answered: conversations.answered(protocol, asked, answered),
    },
  }
}

async function wireOf(deps: TuiDeps, id: string): Promise<Answer> {
  const request = await deps.control.showRequest(id)
  const bodies: WireBody[] = []
  for (const { which, attempt } of request.bodies) {
    const bytes = await keptBody(deps, { request: id, which, ...(attempt === 0 ? {} : { attempt }) })
    if (bytes !== undefined) bodies.push({ which, attempt, text: Buffer.from(bytes).toString('utf8') })
  }
  const { wireView } = await import('./wire.js')
  return { of: 'wire', request: id, wire: wireView(request, bodies) }
}

export async function answerTo(question: Question, deps: TuiDeps): Promise<Answer> {
  const { control, clock } = deps
  switch (question.of) {
    case 'status':
      return { of: 'status', status: await control.status() }
    case 'agents':
      return { of: 'agents', connected: await deps.hasAgent() }
    case 'quota':
      return { of: 'quota', quota: await control.quota() }
    case 'today':
      return { of: 'today', rows: await control.usage({ by: 'day', since: midnight(clock.now()) }) }
    case 'traces':
      return { of: 'traces', traces: await control.listTraces({ limit: question.limit }) }
    case 'trace':
      return { of: 'trace', trace: await control.showTrace(question.id) }
    case 'conversation':
      return conversationOf(deps, question.request, question.protocol)
    case 'wire':
      return wireOf(deps, question.request)
    case 'quota-history':
      return { of: 'quota-history', history: await control.quotaHistory({}) }
    case 'channels':
      return { of: 'channels', channels: await control.channels() }
    case 'profiles':
      return { of: 'profiles', profiles: await control.profiles() }
    case 'usage': {
      const { by, days, since } = question
      return { of: 'usage', by, days, rows: await control.usage({ by, since }) }
    }
    case 'explain':
      return { of: 'explain', explained: await control.explain({ model: question.model }) }
    default:
      return assertNever(question)
  }
}
