// What a web page in the user's browser could try.

import { expectStatus, expectUnreadable, requestText, sendRaw } from './raw.js'
import type { Attack, Target } from './target.js'

const EVIL = 'https://evil.example'
const MEANS = 'A web page that you visit could use your providers, and read what they answer.'

function withKey({ key }: Target): string[] {
  return key === undefined ? [] : [`Authorization: Bearer ${key}`]
}

async function byHost(target: Target, host: string) {
  const text = requestText(target, 'GET /v1/models', [`Host: ${host}`, ...withKey(target)])
  return expectUnreadable(await sendRaw(target, [text]), [403])
}

const HOSTS: readonly (readonly [name: string, host: string, what: string])[] = [
  ['rebinding', 'evil.example', 'a page reaches the hub by its own name (DNS rebinding)'],
  ['rebinding-prefix', '127.0.0.1.evil.example:8090', 'a name that begins like this machine'],
  ['rebinding-user', '127.0.0.1@evil.example', 'a name behind an @'],
]

const ORIGINS: readonly (readonly [name: string, origin: string, what: string])[] = [
  ['origin', EVIL, 'a page of another site asks (Origin)'],
  ['origin-null', 'null', 'a page without an origin asks (sandboxed frame, file)'],
  ['origin-prefix', 'http://localhost.evil.example', 'a site whose name begins with localhost asks'],
]

export const BROWSER_ATTACKS: readonly Attack[] = [
  ...HOSTS.map(
    ([name, host, what]): Attack => ({
      id: `browser.${name}`,
      what,
      means: MEANS,
      run: (target) => byHost(target, host),
    }),
  ),
  ...ORIGINS.map(
    ([name, origin, what]): Attack => ({
      id: `browser.${name}`,
      what,
      means: MEANS,
      run: async (target) =>
        expectUnreadable(
          await sendRaw(target, [
            requestText(target, 'GET /v1/models', [`Origin: ${origin}`, ...withKey(target)]),
          ]),
          [403],
        ),
    }),
  ),
  {
    id: 'browser.simple-post',
    what: 'a form of another site posts without asking first',
    means: MEANS,
    run: async (target) =>
      expectUnreadable(
        await sendRaw(target, [
          requestText(
            target,
            'POST /v1/chat/completions',
            [`Origin: ${EVIL}`, 'Content-Type: text/plain', ...withKey(target)],
            '{}',
          ),
        ]),
        [403],
      ),
  },
  {
    id: 'browser.preflight',
    what: 'a page asks whether it may (CORS preflight)',
    means: MEANS,
    run: async (target) =>
      expectUnreadable(
        await sendRaw(target, [
          requestText(target, 'OPTIONS /v1/messages', [
            `Origin: ${EVIL}`,
            'Access-Control-Request-Method: POST',
            'Access-Control-Request-Headers: authorization',
          ]),
        ]),
        [403, 404, 405],
      ),
  },
  {
    id: 'browser.websocket',
    what: 'a WebSocket is opened',
    means: 'Browsers let any page open a WebSocket; the hub has none to offer.',
    run: async (target) =>
      expectStatus(
        await sendRaw(target, [
          requestText(target, 'GET /v1/responses', [
            'Upgrade: websocket',
            'Connection: Upgrade',
            `Origin: ${EVIL}`,
          ]),
        ]),
        [426],
      ),
  },
]
