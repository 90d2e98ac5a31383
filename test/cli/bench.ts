// The built command in a home of its own: an empty HOME, nothing of the person who runs the tests, no terminal.
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { isObject, type JsonValue, parseJson } from '../../src/base/json.js'
import { clientKeyEntry } from '../../src/secrets/client-key.js'
import { daemonFile, endHub } from './hub-file.js'

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'axonhub.js')

export type Run = { readonly code: number; readonly stdout: string; readonly stderr: string }
export type RunOptions = {
  readonly env?: Record<string, string>
  readonly input?: string
  readonly cwd?: string
}

export type Bench = {
  /** HOME of the user. */
  readonly home: string
  /** AXONHUB_HOME. */
  readonly hub: string
  readonly env: Readonly<Record<string, string>>
  run(args: readonly string[], options?: RunOptions): Promise<Run>
  /** The answer of a command with --json. */
  json(args: readonly string[], options?: RunOptions): Promise<JsonValue>
  /** Starts a command that goes on; its output is collected. */
  start(args: readonly string[], options?: RunOptions): Going
  /** Writes a file below HOME, folders included. */
  write(path: string, text: string): string
  /** A file below HOME; undefined when there is none. */
  read(path: string): string | undefined
  /** Puts a program of this name on the PATH. */
  program(name: string, script: string): void
  /** Stops the hub, when one runs, and removes everything. */
  close(): Promise<void>
}

export type Going = {
  readonly child: ChildProcess
  readonly ended: Promise<Run>
  stdout(): string
  stderr(): string
  /** Resolves when stdout and stderr together match. */
  shows(pattern: RegExp): Promise<void>
}

function follow(child: ChildProcess): Going {
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const ended = new Promise<Run>((resolve) => {
    child.once('close', (code, signal) =>
      resolve({ code: code ?? (signal === null ? -1 : 128), stdout, stderr }),
    )
  })
  const shows = async (pattern: RegExp) => {
    for (let tries = 0; tries < 400; tries++) {
      if (pattern.test(stdout + stderr)) return
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    throw new Error(`Nothing that fits ${pattern} was shown:\n${stdout}\n${stderr}`)
  }
  return { child, ended, stdout: () => stdout, stderr: () => stderr, shows }
}

/**
 * `port`: that of the hub; 0 is any free one, which no agent can be told while the hub is off. `place`: AXONHUB_HOME, in the
 * bench's own folder unless it is to lie elsewhere.
 */
export function makeBench(port = '0', place?: string): Bench {
  // Short, since the path of a Unix socket may have 103 bytes.
  const root = mkdtempSync(join(tmpdir(), 'axc-'))
  const home = join(root, 'home')
  const hub = place ?? join(root, 'hub')
  const programs = join(root, 'bin')
  for (const folder of [home, programs]) mkdirSync(folder)
  const env = {
    HOME: home,
    AXONHUB_HOME: hub,
    PATH: `${programs}:/usr/bin:/bin`,
    AXONHUB_SERVER_PORT: port,
    SHELL: '/bin/bash',
  }
  const start = (args: readonly string[], options: RunOptions = {}): Going => {
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd: options.cwd ?? home,
      env: { ...env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.input ?? '')
    return follow(child)
  }
  const run = (args: readonly string[], options?: RunOptions) => start(args, options).ended
  return {
    home,
    hub,
    env,
    run,
    start,
    async json(args, options) {
      const { stdout, stderr } = await run([...args, '--json'], options)
      const value = parseJson(stdout)
      if (value === undefined) throw new Error(`${args.join(' ')} printed no JSON: ${stdout}${stderr}`)
      return value
    },
    write(path, text) {
      const target = join(home, path)
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(target, text)
      return target
    },
    read(path) {
      const target = join(home, path)
      return existsSync(target) ? readFileSync(target, 'utf8') : undefined
    },
    program(name, script) {
      const path = join(programs, name)
      writeFileSync(path, script)
      chmodSync(path, 0o755)
    },
    async close() {
      if (existsSync(join(hub, 'run', 'daemon.json')) && !(await endHub(hub))) await run(['stop'])
      rmSync(root, { recursive: true, force: true })
    },
  }
}

/** A member of a JSON object; undefined for anything else. */
export function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isObject(value) ? value[name] : undefined
}

/** A word or a number of a JSON object as it would be printed; empty for anything else. */
export function printed(value: JsonValue | undefined, name: string): string {
  const found = member(value, name)
  return typeof found === 'string' || typeof found === 'number' ? `${found}` : ''
}

/** The address of the running hub. */
export async function addressOf({ hub }: Pick<Bench, 'hub'>): Promise<string> {
  const record = daemonFile(hub)
  return `http://${printed(record, 'host')}:${printed(record, 'port')}`
}

/** The key "default", made when it is not there yet. */
export async function keyOf({ hub, run }: Pick<Bench, 'hub' | 'run'>): Promise<string> {
  const file = join(hub, 'secrets.json')
  const kept = existsSync(file) ? parseJson(readFileSync(file, 'utf8')) : undefined
  const secrets = isObject(kept) ? kept['secrets'] : undefined
  return printed(secrets, clientKeyEntry('default')) || (await run(['token'])).stdout.trim()
}

/** Asks the hub for an answer of OpenAI's chat API; the demo upstream answers any model. */
export async function askHub(bench: Bench, model: string, words: string): Promise<Response> {
  const key = await keyOf(bench)
  return fetch(`${await addressOf(bench)}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: words }] }),
  })
}
