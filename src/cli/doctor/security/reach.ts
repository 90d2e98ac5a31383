// What can be reached from outside: other addresses of the machine, the control API on TCP, files by path tricks.

import { connect } from 'node:net'
import { expectStatus, requestText, sendRaw } from './raw.js'
import { otherAddresses } from './remote.js'
import { type Attack, broken, held, skippedAttack, type Target, type Verdict } from './target.js'

const CONTROL = [
  'GET /status',
  'GET /events',
  'GET /traces',
  'POST /shutdown',
  'POST /reload',
  'POST /traces/prune',
]
const TRICKS = [
  '/../../../../etc/passwd',
  '/..%2f..%2f..%2f..%2fetc%2fpasswd',
  '/v1/models/..%2f..%2f..%2fetc%2fpasswd',
  '/v1/../status',
  '//etc/passwd',
  '/%2e%2e/config.yml',
  '/config.yml',
  '/.git/config',
  '/v1/models/%00',
  '/v1/models/__proto__',
  '/%c0%ae%c0%ae/etc/passwd',
]

async function all(target: Target, lines: readonly string[], statuses: readonly number[]): Promise<Verdict> {
  const headers = target.key === undefined ? [] : [`Authorization: Bearer ${target.key}`]
  for (const line of lines) {
    const answer = await sendRaw(target, [
      requestText(target, line, headers, line.startsWith('POST') ? '{}' : ''),
    ])
    if (/root:.*:0:0:|api_key|"pid"/.test(answer.text)) return broken(`${line} shows something`)
    const verdict = expectStatus(answer, statuses)
    if (verdict.result !== 'held') return broken(`${line}: ${verdict.saw}`)
  }
  return held(`${lines.length} paths, all refused`)
}

function answersAt(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const settle = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(1500, () => settle(false))
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
  })
}

async function fromOutside({ hub }: Target): Promise<Verdict> {
  if (hub.remote !== null) return skippedAttack(`you let other machines in, at ${hub.remote}`)
  const addresses = otherAddresses()
  if (addresses.length === 0) return skippedAttack('this machine has no other address')
  for (const address of addresses) if (await answersAt(address, hub.port)) return broken(`${address} answers`)
  return held(`${addresses.length} other address(es) do not answer`)
}

export const REACH_ATTACKS: readonly Attack[] = [
  {
    id: 'reach.network',
    what: 'another machine connects to the port',
    means: 'Whoever is in your network could try keys, and your traffic would be in clear text.',
    run: fromOutside,
  },
  {
    id: 'reach.control',
    what: 'the control API is asked over TCP, with a key',
    means: 'An agent with a key could read all traces and stop the hub.',
    run: (target) => all(target, CONTROL, [404, 405]),
  },
  {
    id: 'reach.paths',
    what: 'paths that lead elsewhere',
    means: 'Files of yours could be read.',
    run: (target) =>
      all(
        target,
        TRICKS.map((path) => `GET ${path}`),
        [400, 401, 403, 404],
      ),
  },
  {
    id: 'reach.methods',
    what: 'CONNECT and TRACE, which make a proxy of a server',
    means: 'Other programs could reach further through the hub.',
    async run(target) {
      for (const line of ['CONNECT evil.example:443', 'TRACE /v1/models']) {
        const verdict = expectStatus(
          await sendRaw(target, [requestText(target, line)]),
          [0, 400, 403, 404, 405, 501],
        )
        if (verdict.result !== 'held') return broken(`${line}: ${verdict.saw}`)
      }
      return held('refused')
    },
  },
]
