// A real hub in this process, on a free port, with a home of its own.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseJson } from '../../src/base/json.js'
import { type Environment, ensureHome, resolvePaths } from '../../src/config/paths.js'
import { startHub } from '../../src/daemon/hub.js'
import type { Timing } from '../../src/daemon/hub-parts.js'
import { replaceIfUnchanged } from '../../src/edit/atomic-write.js'
import { clientKeyEntry, createClientKey } from '../../src/secrets/client-key.js'
import { openSecretStore } from '../../src/secrets/open.js'

export type TestHub = {
  readonly url: string
  readonly key: string
  readonly home: string
  /** POST with the hub's key; `headers` may override it. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>
  get(path: string, headers?: Record<string, string>): Promise<Response>
  /** Asks the control socket. */
  control(path: string, body?: unknown): Promise<unknown>
  writeConfig(text: string): void
  readonly logged: string[]
  stop(): Promise<void>
}

export type TestHubOptions = {
  /** config.yml; the key `test` is added. */
  readonly config?: string
  readonly env?: Environment
  readonly demo?: boolean
  readonly timing?: Partial<Timing>
  readonly home?: string
}

const withKey = (config: string) => `${config}\nkeys:\n  test: {}\n`

function ask(socketPath: string, path: string, body: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        socketPath,
        path,
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json' },
      },
      (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (piece: string) => {
          text += piece
        })
        answer.on('end', () => resolve(parseJson(text)))
      },
    )
    asked.on('error', reject)
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

export async function startTestHub(options: TestHubOptions = {}): Promise<TestHub> {
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'ahub-'))
  const paths = resolvePaths({ AXONHUB_HOME: home }, home)
  ensureHome(paths)
  const writeConfig = (text: string) => writeFileSync(paths.config, withKey(text), { mode: 0o600 })
  writeConfig(options.config ?? '')
  const env = options.env ?? {}
  const store = await openSecretStore({
    home,
    path: paths.secrets,
    replace: replaceIfUnchanged,
    platform: process.platform,
    env,
    backend: 'file',
  })
  const key = (await store.get(clientKeyEntry('test'))) ?? createClientKey()
  await store.set(clientKeyEntry('test'), key)
  const logged: string[] = []
  const hub = await startHub({
    paths,
    env,
    userHome: home,
    flags: { 'server.port': 0 },
    version: '0.0.0-test',
    demo: options.demo ?? false,
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    newId: (prefix) => prefix + randomUUID().replaceAll('-', ''),
    echo: (line) => logged.push(line),
    ...(options.timing === undefined ? {} : { timing: options.timing }),
  })
  const url = `http://${hub.host}:${hub.port}`
  return {
    url,
    key,
    home,
    logged,
    writeConfig,
    post: (path, body, headers = {}) =>
      fetch(url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
        body:
          typeof body === 'string' || body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body),
      }),
    get: (path, headers = {}) =>
      fetch(url + path, { headers: { authorization: `Bearer ${key}`, ...headers } }),
    control: (path, body) => ask(paths.socket, path, body),
    async stop() {
      await hub.stop()
      if (options.home === undefined) rmSync(home, { recursive: true, force: true })
    },
  }
}

/** A config with one channel `up` for a protocol at a base URL; the channel needs no key. */
export function oneChannel(protocol: string, baseUrl: string, more = ''): string {
  return `channels:\n  - name: up\n    endpoints: { ${protocol}: "${baseUrl}" }\n    api_key: sk-upstream-secret\n${more}`
}
