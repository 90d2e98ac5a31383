// `axonhub channel test`: asks a channel what agents ask, one thing at a time, and writes down what came on a card.
// Law: a card says only what was seen; what could not be asked is unknown, with the reason.

import { asHubError, type HubError, sentence } from '../../base/errors.js'
import type { Channel } from '../../config/channels.js'
import type { ChannelTestReply } from '../../control/api.js'
import {
  CAPABILITIES,
  type Capability,
  type CapabilityCard,
  type CapabilityResult,
} from '../../control/card.js'
import { lessonWords } from '../../protocol/learning/lessons.js'
import { checkPicture, checkSchema, checkThinking } from './content-checks.js'
import { type Finding, finding, refused, stopIfOver } from './finding.js'
import { checkHangUp } from './hang-up.js'
import { checkModels, modelToTest } from './models.js'
import { otherKeyFaults } from './other-keys.js'
import type { ProbeDeps, Session, Way } from './session.js'
import { checkParallel, checkText, checkTools } from './tool-checks.js'
import { checkCache, checkTokenCount, type LongTurn } from './usage-checks.js'
import { type PlannedWay, waysThrough } from './ways.js'

export type ProbeOptions = {
  /** Only in the place of this agent; default: each endpoint once. */
  readonly as?: 'codex' | 'claude' | undefined
  /** Default: the first model that the channel names. */
  readonly model?: string | undefined
  /** text: only whether each endpoint answers. */
  readonly depth?: 'full' | 'text' | undefined
  readonly signal: AbortSignal
}

/** What one check leaves for another. */
type Course = {
  /** After how long the first word usually comes, ms. */
  readonly usualMs: number
  longTurn?: LongTurn
}

type Check = {
  readonly capabilities: readonly Capability[]
  run(session: Session, course: Course): Promise<readonly Finding[]>
}

const one = (capability: Capability, check: (session: Session) => Promise<Finding>): Check => ({
  capabilities: [capability],
  run: async (session) => [await check(session)],
})

/** In the order in which they are asked: the two turns of the cache lie far apart. */
const CHECKS: readonly Check[] = [
  {
    capabilities: ['token-count'],
    async run(session, course) {
      const { finding: counted, turn } = await checkTokenCount(session)
      course.longTurn = turn
      return [counted]
    },
  },
  { capabilities: ['tools', 'tool-streaming'], run: checkTools },
  one('parallel-tools', checkParallel),
  one('thinking', checkThinking),
  one('tool-images', checkPicture),
  one('json-schema', checkSchema),
  {
    capabilities: ['cancel'],
    run: async (session, { usualMs }) => [await checkHangUp(session, usualMs)],
  },
  one('models', checkModels),
  {
    capabilities: ['cache'],
    run: async (session, { longTurn }) => [await checkCache(session, longTurn)],
  },
]

/** Lets whoever looks on know what is asked next. */
type Telling = (capability: Capability) => void

/** The findings of one check; an error is a finding too, but for the end of the whole test. */
async function results(
  check: Check,
  session: Session,
  course: Course,
  tell: Telling,
): Promise<CapabilityResult[]> {
  const { clock } = session.deps
  stopIfOver(session.signal)
  tell(check.capabilities[0] ?? 'text')
  const startedAt = clock.monotonic()
  const found = await Promise.resolve()
    .then(() => check.run(session, course))
    .catch((thrown: unknown) => {
      stopIfOver(session.signal)
      const error = asHubError(thrown)
      return check.capabilities.map((capability) => refused(capability, error))
    })
  const durationMs = Math.round(clock.monotonic() - startedAt)
  return found.map((each) => ({ ...each, durationMs }))
}

type Opening =
  | { readonly type: 'answers'; readonly result: CapabilityResult; readonly usualMs: number }
  | { readonly type: 'silent'; readonly result: CapabilityResult; readonly error: HubError }

/** The sentence of an error, but for the advice to run the very test that tells it. */
function advised(error: HubError): string {
  const isCircular = error.detail.hint?.includes('axonhub channel test') === true
  if (!isCircular) return sentence(error)
  return error.code === 'upstream-authentication'
    ? `${error.message} Correct the key, or the place where it is: \`axonhub config edit\`.`
    : error.message
}

async function opening(session: Session): Promise<Opening> {
  const { clock } = session.deps
  stopIfOver(session.signal)
  const startedAt = clock.monotonic()
  const timed = (found: Finding): CapabilityResult => ({
    ...found,
    durationMs: Math.round(clock.monotonic() - startedAt),
  })
  try {
    const { finding: found, firstMs } = await checkText(session)
    return { type: 'answers', result: timed(found), usualMs: firstMs }
  } catch (thrown) {
    stopIfOver(session.signal)
    const error = asHubError(thrown)
    return { type: 'silent', result: timed(finding('text', 'no', advised(error))), error }
  }
}

async function furtherResults(session: Session, usualMs: number, tell: Telling): Promise<CapabilityResult[]> {
  const course: Course = { usualMs }
  const all: CapabilityResult[] = []
  for (const check of CHECKS) all.push(...(await results(check, session, course, tell)))
  return all
}

async function cardOf(
  { way, depth }: PlannedWay,
  deps: ProbeDeps,
  signal: AbortSignal,
  tell: Telling,
): Promise<CapabilityCard> {
  const spent = { requests: 0, inputTokens: 0, outputTokens: 0 }
  const session: Session = { way, deps, signal, spent, lessons: [] }
  tell('text')
  const first = await opening(session)
  const more =
    first.type === 'answers' && depth === 'full' ? await furtherResults(session, first.usualMs, tell) : []
  const found = [first.result, ...more]
  return {
    ...describe(way),
    testedAt: new Date(deps.clock.now()).toISOString(),
    answers: first.type === 'answers',
    withoutFields: session.lessons.map(lessonWords),
    results: CAPABILITIES.flatMap((capability) => found.filter((each) => each.capability === capability)),
    ...spent,
  }
}

function describe({ channel, endpoint, mode, agent, model }: Way) {
  return { channel: channel.name, model, protocol: endpoint.protocol, mode, agent: agent.name }
}

/** Counts the steps of the whole test; those of an endpoint that does not answer are passed over. */
function stepsOf(planned: readonly PlannedWay[], { progress }: ProbeDeps): (way: PlannedWay) => Telling {
  const lengths = planned.map(({ depth }) => (depth === 'full' ? CHECKS.length + 1 : 1))
  const sum = (numbers: readonly number[]) => numbers.reduce((all, number) => all + number, 0)
  return (each) => {
    let step = sum(lengths.slice(0, planned.indexOf(each)))
    return (capability) => {
      step += 1
      progress?.({ protocol: each.way.endpoint.protocol, capability, step, steps: sum(lengths) })
    }
  }
}

/**
 * Asks each endpoint of the channel in turn. A channel that forwards the agent's own login cannot be asked without the
 * agent, and says so. Throws HubError `unknown-model` when no model is known, `canceled` when the signal ends it.
 */
export async function probeChannel(
  channel: Channel,
  options: ProbeOptions,
  deps: ProbeDeps,
): Promise<ChannelTestReply> {
  if (channel.credential.type === 'client') {
    const note = `It forwards the login of the agent, which only the agent can send. Use the agent once, then look at "axonhub trace list".`
    return { channel: channel.name, ok: true, note, cards: [] }
  }
  const { signal, as, depth } = options
  const model = options.model ?? (await modelToTest(channel, deps, signal))
  const planned = waysThrough(channel, model, as).map((each) =>
    depth === 'text' ? { ...each, depth } : each,
  )
  const telling = stepsOf(planned, deps)
  const cards: CapabilityCard[] = []
  for (const each of planned) cards.push(await cardOf(each, deps, signal, telling(each)))
  const [first] = planned
  const faults = first === undefined || depth === 'text' ? [] : await otherKeyFaults(first.way, deps, signal)
  return {
    channel: channel.name,
    ok: faults.length === 0 && cards.every((card) => card.answers),
    note: faults.length === 0 ? null : `${faults.join('; ')}.`,
    cards,
  }
}
