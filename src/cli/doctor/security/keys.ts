// Who asks without a key, with a wrong one, or with one where it would be written into logs.

import { Agent, request } from 'node:http'
import { expectStatus, requestText, sendRaw } from './raw.js'
import { type Attack, broken, held, skippedAttack, type Target, type Verdict } from './target.js'

const PATHS = [
  'GET /v1/models',
  'POST /v1/messages',
  'POST /v1/responses',
  'POST /v1/chat/completions',
] as const
/** Where alone a key may stand in the address. */
const GEMINI_PATH = 'POST /v1beta/models/m:generateContent'
const MEANS = 'Any program on this machine could spend your money.'

/** The first refusal that is none, else what all said. */
async function each(
  target: Target,
  headers: (line: string) => readonly string[],
  query = '',
): Promise<Verdict> {
  let last = held('401')
  for (const line of query === '' ? [...PATHS, GEMINI_PATH] : PATHS) {
    const text = requestText(target, line + query, headers(line), line.startsWith('POST') ? '{}' : '')
    last = expectStatus(await sendRaw(target, [text]), [401])
    if (last.result !== 'held') return broken(`${line}: ${last.saw}`)
  }
  return last
}

/** A digit other than the one that stands there. */
function other(digit: string | undefined): string {
  return digit === '0' ? '1' : '0'
}

const ROUNDS = 150
/** Far more than a leak could show through a socket, and less than any hint that would help. */
const MOST_MS = 0.4

function timed(target: Target, agent: Agent, key: string): Promise<number> {
  const { host, port } = target.hub
  return new Promise((resolve, reject) => {
    const startedAt = performance.now()
    const asking = request(
      { host, port, agent, path: '/v1/models', headers: { authorization: `Bearer ${key}` } },
      (answer) => {
        answer.resume()
        answer.on('end', () => resolve(performance.now() - startedAt))
      },
    )
    asking.on('error', reject)
    asking.end()
  })
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
}

async function timing(target: Target): Promise<Verdict> {
  const { key } = target
  if (key === undefined) return skippedAttack('no key is known')
  const first = key.slice(0, 3) + other(key[3]) + key.slice(4)
  const last = key.slice(0, -1) + other(key.at(-1))
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const times: [number[], number[]] = [[], []]
  try {
    for (let round = 0; round < ROUNDS; round++) {
      times[0].push(await timed(target, agent, first))
      times[1].push(await timed(target, agent, last))
    }
  } finally {
    agent.destroy()
  }
  const apart = Math.abs(median(times[0]) - median(times[1]))
  const saw = `${Math.round(apart * 1000)} µs apart`
  return apart < MOST_MS ? held(saw) : broken(saw)
}

export const KEY_ATTACKS: readonly Attack[] = [
  { id: 'key.none', what: 'no key', means: MEANS, run: (target) => each(target, () => []) },
  {
    id: 'key.wrong',
    what: 'a key that looks right',
    means: MEANS,
    run: (target) => each(target, () => [`Authorization: Bearer ah-${'0'.repeat(48)}`]),
  },
  {
    id: 'key.almost',
    what: 'the right key but for its last digit, and the right one cut short',
    means: MEANS,
    async run(target) {
      const { key } = target
      if (key === undefined) return skippedAttack('no key is known')
      const almost = await each(target, () => [`x-api-key: ${key.slice(0, -1)}${other(key.at(-1))}`])
      return almost.result === 'held' ? each(target, () => [`x-api-key: ${key.slice(0, -1)}`]) : almost
    },
  },
  {
    id: 'key.timing',
    what: 'keys that are wrong at the beginning and at the end take as long',
    means: 'The key could be guessed digit by digit.',
    pace: 'measures',
    run: timing,
  },
  {
    id: 'key.in-url',
    what: 'the right key in the address, where only Gemini has it',
    means: 'Addresses are written into logs and histories, and the key with them.',
    async run(target) {
      const { key } = target
      if (key === undefined) return skippedAttack('no key is known')
      return each(target, () => [], `?key=${key}&api_key=${key}`)
    },
  },
]
