// Every command where the home is not what it should be: nobody's, read-only, another user's. Each answers in words with a number
// that scripts know, never with a stack, and nothing appears where nothing should.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { PROGRAM, programOf } from '../support/program.js'

// Thirty programs for each home: on a busy machine they take their time.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 })

const isRoot = process.getuid?.() === 0
/** An id that no user has. */
const NOBODY = 64_123

/** What each command ends with: nobody's home, a read-only one, that of another user. */
const COMMANDS: readonly (readonly [command: string, nobody: number, readOnly: number, other: number])[] = [
  ['status', 3, 3, 1],
  ['stop', 3, 3, 1],
  ['restart', 4, 4, 1],
  ['serve --detach --demo', 4, 4, 1],
  ['serve --demo', 4, 4, 4],
  ['logs', 0, 0, 4],
  ['service status', 1, 1, 1],
  ['init codex --dry-run', 0, 0, 1],
  ['init codex --yes', 4, 4, 1],
  ['undo', 0, 0, 4],
  ['run codex', 1, 1, 1],
  ['env', 4, 4, 1],
  ['token', 4, 4, 1],
  ['channel add deepseek --api-key-env KEY', 4, 4, 1],
  ['channel list', 0, 0, 1],
  ['channel enable x', 1, 1, 1],
  ['profile list', 0, 0, 1],
  ['profile create p --map a=b', 4, 4, 1],
  ['explain gpt-5', 1, 1, 1],
  ['key create k', 4, 4, 1],
  ['key list', 0, 0, 1],
  ['trace list', 0, 1, 4],
  ['usage', 0, 1, 4],
  ['quota', 0, 1, 1],
  ['guard --channel x --min-remaining 5', 1, 1, 1],
  ['statusline', 0, 0, 0],
  ['config path', 0, 0, 0],
  ['config show', 0, 0, 1],
  ['config check', 0, 0, 1],
  ['doctor', 0, 1, 1],
  ['completion bash', 0, 0, 0],
]

type Ran = { readonly command: string; readonly code: number; readonly told: string }

const root = mkdtempSync(join(tmpdir(), 'axo-'))
const bin = isRoot ? programOf(NOBODY, join(root, 'program')) : PROGRAM
const empty = join(root, 'empty')
const readOnly = join(root, 'read-only')
const foreign = join(root, 'foreign')

function run(command: string, env: Record<string, string>): Promise<Ran> {
  const identity = isRoot ? { uid: NOBODY, gid: NOBODY } : {}
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, ...command.split(' ')], {
      cwd: empty,
      env: { PATH: '/usr/bin:/bin', SHELL: '/bin/bash', KEY: 'sk-x', AXONHUB_SERVER_PORT: '18090', ...env },
      ...identity,
    })
    let told = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (piece: Buffer) => {
        told += piece.toString()
      })
    child.stdin.end()
    child.on('close', (code) => resolve({ command, code: code ?? -1, told }))
  })
}

/** Two at a time, in the order of the table. */
async function runAll(env: Record<string, string>): Promise<Ran[]> {
  const ran: Ran[] = []
  let next = 0
  const worker = async () => {
    for (let index = next++; index < COMMANDS.length; index = next++)
      ran[index] = await run(COMMANDS[index]?.[0] ?? '', env)
  }
  await Promise.all([worker(), worker()])
  return ran
}

function faults(ran: readonly Ran[]): string[] {
  return ran.flatMap(({ command, told }) =>
    /\n +at |node:internal|uv_|ERR_|\bundefined\b|TypeError/.test(told) ? [`${command}: ${told}`] : [],
  )
}

const files = (folder: string) => readdirSync(folder, { recursive: true }).map(String).sort()

beforeAll(async () => {
  for (const folder of [empty, readOnly, foreign]) mkdirSync(folder)
  writeFileSync(join(foreign, 'config.yml'), 'channels: []\n', { mode: 0o600 })
  chmodSync(foreign, 0o700)
  chmodSync(root, 0o755)
  if (isRoot) for (const folder of [empty, readOnly]) chownSync(folder, NOBODY, NOBODY)
  await run('serve --detach --demo --port 0', { HOME: readOnly })
  await run('stop', { HOME: readOnly })
  for (const name of [...files(readOnly), '.']) {
    const path = join(readOnly, name)
    chmodSync(path, lstatSync(path).isDirectory() ? 0o500 : 0o400)
  }
})
afterAll(() => {
  for (const name of ['.', ...readdirSync(readOnly)]) chmodSync(join(readOnly, name), 0o700)
  rmSync(root, { recursive: true, force: true })
})

const expected = (column: 1 | 2 | 3) => COMMANDS.map((row) => `${row[0]}: ${row[column]}`)
const codes = (ran: readonly Ran[]) => ran.map(({ command, code }) => `${command}: ${code}`)

describe('every command', () => {
  it.skipIf(!isRoot)('of a user without a home (skipped where none can be made up)', async () => {
    const ran = await runAll({})
    expect(faults(ran)).toEqual([])
    expect(codes(ran)).toEqual(expected(1))
    const refused = ran.find(({ command }) => command === 'serve --demo')
    expect(refused?.told).toContain('set HOME or AXONHUB_HOME')
    expect(files(empty)).toEqual([])
  })

  it('with a home that is read-only', async () => {
    const before = files(readOnly)
    const ran = await runAll({ HOME: readOnly })
    expect(faults(ran)).toEqual([])
    expect(codes(ran)).toEqual(expected(2))
    expect([files(readOnly), files(empty)]).toEqual([before, []])
  })

  it.skipIf(!isRoot)('with the home of another user (skipped where there is only one)', async () => {
    const ran = await runAll({ HOME: empty, AXONHUB_HOME: foreign })
    expect(faults(ran)).toEqual([])
    expect(codes(ran)).toEqual(expected(3))
    expect([files(foreign), files(empty)]).toEqual([['config.yml'], []])
  })
})

describe('an empty HOME', () => {
  it.skipIf(!isRoot)(
    'makes no home of the folder that one stands in (skipped where the user has a home)',
    async () => {
      const ran = await run('config path', { HOME: '' })
      expect(ran.told).not.toContain(empty)
    },
  )

  it('lets no compiled code be taken from the folder that one stands in', async () => {
    const standing = mkdtempSync(join(tmpdir(), 'ahub-standing-'))
    const planted = join(standing, '.axonhub')
    mkdirSync(planted)
    const child = spawn(process.execPath, [PROGRAM, 'config', 'path'], {
      cwd: standing,
      env: { HOME: '' },
      stdio: 'ignore',
    })
    await once(child, 'close')
    expect(files(planted)).toEqual([])
    rmSync(standing, { recursive: true })
  })
})
