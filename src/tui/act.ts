// Has the hub do what the user wants, and says in a sentence what came of it. Throws the HubError of what did not work.

import { assertNever } from '../base/assert-never.js'
import { HubError } from '../base/errors.js'
import type { ChannelTestReply } from '../control/api.js'
import type { ControlClient } from '../control/client.js'
import type { Action, Done } from './action.js'

/** The tests that run, so that each can be stopped. */
export type RunningTests = Map<string, AbortController>

type Hands = Pick<
  ControlClient,
  'switchProfile' | 'enableChannel' | 'clearChannel' | 'testChannel' | 'refreshQuota' | 'replay'
>

const good = (text: string): Done => ({ kind: 'good', text })

function switched(change: { readonly changed: boolean; readonly note: string | null }, text: string): Done {
  return change.note === null ? good(text) : { kind: 'info', text: change.note }
}

function profileWords(name: string | null, key: string | undefined): string {
  // What matters first: at 80 columns the rest is cut.
  const whom = key === undefined ? 'keys without their own' : `the key ${key}`
  if (name === null) return `No profile now (${whom}): names of models are passed on as they are.`
  return `Profile ${name} from now on (${whom}); a running tool loop ends first.`
}

/** A card is kept of what answers alone: why the other does not is told here or nowhere. */
function silence(cards: ChannelTestReply['cards']): string {
  const broken = cards.find(({ answers }) => !answers)
  const where = broken === undefined || cards.length === 1 ? '' : ` on ${broken.protocol}`
  return `does not answer${where}: ${broken?.results[0]?.detail ?? 'it says not why'}`
}

function testWords(name: string, { ok, note, cards }: ChannelTestReply): Done {
  if (note !== null) return { kind: ok ? 'info' : 'bad', text: `${name}: ${note}` }
  const results = cards.flatMap((card) => card.results)
  const missing = results.filter(({ result }) => result === 'no').length
  if (!ok) return { kind: 'bad', text: `${name} ${silence(cards)}` }
  return good(
    `${name} answers; ${missing === 0 ? 'nothing is missing' : `${missing} of ${results.length} are missing`}.`,
  )
}

async function tested(hands: Hands, tests: RunningTests, name: string): Promise<Done> {
  if (tests.has(name)) return { kind: 'info', text: `${name} is being tested already.` }
  const controller = new AbortController()
  tests.set(name, controller)
  try {
    return testWords(name, await hands.testChannel(name, {}, controller.signal))
  } catch (thrown) {
    if (controller.signal.aborted) return { kind: 'info', text: `The test of ${name} was stopped.` }
    throw thrown
  } finally {
    tests.delete(name)
  }
}

async function replayed(hands: Hands, request: string, profile: string | null): Promise<Done> {
  const question = profile === null ? {} : { profile }
  const { status, traceId } = await hands.replay(request, question, new AbortController().signal)
  if (status >= 400)
    throw new HubError('upstream-failed', `The request was sent again and answered with ${status}.`, {
      hint: 'Its own conversation in Live says why.',
    })
  return { kind: 'good', text: 'The request was sent again; this is the new answer.', trace: traceId }
}

export async function act(hands: Hands, tests: RunningTests, action: Action): Promise<Done> {
  switch (action.type) {
    case 'use-profile': {
      const { name, key } = action
      const change = await hands.switchProfile(name ?? undefined, key === undefined ? {} : { key })
      return switched(change, profileWords(name, key))
    }
    case 'switch-channel': {
      const { name, enabled } = action
      const change = await hands.enableChannel(name, enabled)
      return switched(change, enabled ? `${name} is used again.` : `${name} is no longer used.`)
    }
    case 'clear-channel':
      await hands.clearChannel(action.name)
      return good(`${action.name} no longer rests; the next request may go there.`)
    case 'test-channel':
      return tested(hands, tests, action.name)
    case 'stop-test':
      tests.get(action.name)?.abort()
      return { kind: 'info', text: `The test of ${action.name} ends.` }
    case 'refresh-quota': {
      const { channel } = action
      const { accounts } = await hands.refreshQuota(channel === undefined ? {} : { channel })
      const troubled = accounts.filter(({ trouble }) => trouble !== null).length
      return troubled === 0
        ? good('The quota is fresh.')
        : { kind: 'info', text: `${troubled} could not be asked; see below.` }
    }
    case 'replay':
      return replayed(hands, action.request, action.profile)
    default:
      return assertNever(action)
  }
}
