// Requests that two readers could read as two, and headers that try to become lines of the answer.

import { expectStatus, requestText, sendRaw } from './raw.js'
import { type Attack, broken, type Target } from './target.js'

const SMUGGLING = 'A request could be hidden inside another and be answered with the rights of the next one.'

type Case = readonly [
  name: string,
  what: string,
  text: (target: Target) => string,
  statuses?: readonly number[],
]

const CASES: readonly Case[] = [
  [
    'both-lengths',
    'two lengths: Content-Length and Transfer-Encoding',
    (target) =>
      requestText(target, 'POST /health', ['Content-Length: 5', 'Transfer-Encoding: chunked']).concat(
        '0\r\n\r\nGET /health HTTP/1.1\r\n\r\n',
      ),
  ],
  [
    'two-lengths',
    'two Content-Lengths',
    (target) =>
      requestText(target, 'POST /health', ['Content-Length: 0', 'Content-Length: 30']).concat(
        'GET /v1/models HTTP/1.1\r\n\r\n',
      ),
  ],
  [
    'odd-encoding',
    'a Transfer-Encoding that only some understand',
    (target) => requestText(target, 'POST /health', ['Transfer-Encoding: xchunked']).concat('0\r\n\r\n'),
  ],
  [
    'old-chunks',
    'chunks in HTTP/1.0',
    (target) =>
      requestText(target, 'POST /health', ['Transfer-Encoding: chunked'])
        .replace('HTTP/1.1', 'HTTP/1.0')
        .concat('0\r\n\r\n'),
  ],
  [
    'folded',
    'a header that goes on in the next line',
    (target) => requestText(target, 'POST /health', ['Transfer-Encoding:\r\n chunked']).concat('0\r\n\r\n'),
  ],
  [
    'bare-lf',
    'lines that end with a line feed alone',
    (target) => requestText(target, 'GET /health').replaceAll('\r\n', '\n'),
  ],
  [
    'bare-lf-header',
    'a line feed inside a header',
    (target) => requestText(target, 'GET /health', ['X-A: a\nX-B: b']),
  ],
  [
    'blank-colon',
    'a blank before the colon',
    (target) => requestText(target, 'POST /health', ['Transfer-Encoding : chunked']).concat('0\r\n\r\n'),
  ],
  [
    'two-hosts',
    'two Host headers',
    (target) => requestText(target, 'GET /health', ['Host: 127.0.0.1', 'Host: evil.example']),
  ],
  [
    'two-keys',
    'two Authorization headers',
    (target) => requestText(target, 'GET /v1/models', ['Authorization: Bearer a', 'Authorization: Bearer b']),
  ],
  [
    'proxy',
    'a whole address as the target, as a proxy would get it',
    (target) => requestText(target, 'GET http://evil.example/'),
  ],
  [
    'large-head',
    'headers of 64 KiB',
    (target) => requestText(target, 'GET /health', [`X-A: ${'a'.repeat(65_536)}`]),
    [431],
  ],
]

function escapedLine(path: string): Attack['run'] {
  return async (target) => {
    const answer = await sendRaw(target, [
      requestText(target, `GET ${path}`, ['AH-Request-Id: a%0d%0aX-Evil: 1']),
    ])
    if (/^x-evil/im.test(answer.text)) return broken('a line of ours stands in the head of the answer')
    return expectStatus(answer, [400, 401, 403, 404])
  }
}

export const FRAMING_ATTACKS: readonly Attack[] = [
  ...CASES.map(
    ([name, what, text, statuses = [400]]): Attack => ({
      id: `framing.${name}`,
      what,
      means: SMUGGLING,
      run: async (target) => expectStatus(await sendRaw(target, [text(target)]), statuses),
    }),
  ),
  {
    id: 'framing.injection',
    what: 'line ends in the path and in the request id',
    means: 'A header of the answer could be chosen from outside.',
    run: escapedLine('/v1/models%0d%0aX-Evil:%201'),
  },
]
