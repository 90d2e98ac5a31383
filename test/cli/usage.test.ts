// What a person meets who types something: help, slips, versions, completion.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, makeBench } from './bench.js'
import { makePlace, type Place } from './here.js'

let bench: Bench
let place: Place
beforeAll(() => {
  bench = makeBench()
  place = makePlace()
})
afterAll(async () => {
  await bench.close()
  place.close()
})

const COMMANDS = [
  'serve',
  'stop',
  'restart',
  'status',
  'logs',
  'service',
  'init',
  'undo',
  'run',
  'env',
  'token',
  'channel',
  'profile',
  'explain',
  'key',
  'trace',
  'usage',
  'quota',
  'guard',
  'statusline',
  'config',
  'doctor',
  'completion',
]

describe('help', () => {
  it('lists every command within 80 columns', async () => {
    const { code, stdout } = await bench.run(['--help'])
    expect(code).toBe(0)
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'))
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
    expect(stdout).not.toContain('--home')
  })

  it('of each command has an example', async () => {
    const below = [
      'channel add',
      'profile create',
      'key create',
      'trace show',
      'config show',
      'service status',
    ]
    const lines = [...COMMANDS, ...below]
    for (const line of lines) {
      const { code, stdout } = await place.run([...line.split(' '), '--help'])
      expect(code).toBe(0)
      expect(stdout).toMatch(/Examples:\n {2}\S/)
    }
  })
})

describe('wrong usage ends with 2 and nothing on stdout', () => {
  it.each([
    ['an unknown command, with the one that was meant', ['chanel'], 'Did you mean channel?'],
    ['a command of another tool', ['frobnicate'], "unknown command 'frobnicate'"],
    ['an unknown subcommand', ['trace', 'lst'], 'Did you mean list?'],
    ['an unknown option', ['status', '--jsn'], 'Did you mean --json?'],
    ['a missing argument', ['explain'], "missing required argument 'model'"],
    ['too many arguments', ['status', 'now'], 'too many arguments'],
    ['a port that is none', ['serve', '--port', '70000'], 'A port is a number'],
    [
      'a choice that is none',
      ['explain', 'x', '--agent', 'vim'],
      'Allowed choices are codex, claude, opencode, gemini, other',
    ],
    ['an unknown shell', ['completion', 'tcsh'], 'Allowed choices are bash, zsh, fish, powershell'],
    ['an unknown agent', ['init', 'vim'], 'Known agents: codex, claude'],
  ])('%s', async (_title, args, said) => {
    const { code, stdout, stderr } = await place.run(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(said)
  })
})

it('prints its version', async () => {
  const runs = await Promise.all([bench.run(['--version']), bench.run(['-v'])])
  for (const { code, stdout } of runs)
    expect({ code, stdout: stdout.trim() }).toEqual({ code: 0, stdout: '0.1.0' })
})

it('without a command says how things stand and what comes next', async () => {
  const { code, stdout } = await bench.run([])
  expect(code).toBe(0)
  expect(stdout).toContain('no hub is running')
  expect(stdout).toMatch(/axonhub channel add .*\n.*axonhub serve --detach .*\n.*axonhub init/)
})

it('shows a stack only when it is asked for one', async () => {
  const [usual, debug] = await Promise.all([
    bench.run(['stop']),
    bench.run(['stop'], { env: { AXONHUB_DEBUG: '1' } }),
  ])
  expect(usual.stderr).toBe('error: The hub is not running.\nStart it with "axonhub serve --detach".\n')
  expect(debug.stderr).toContain('    at ')
})

it('takes another home by --home, before and behind the command', async () => {
  const runs = await Promise.all([
    bench.run(['--home', '/tmp/elsewhere', 'config', 'path']),
    bench.run(['config', 'path', '--home', '/tmp/elsewhere']),
  ])
  for (const { stdout } of runs) expect(stdout).toBe('/tmp/elsewhere/config.yml\n')
})

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish', 'powershell'])(
    'for %s knows commands, subcommands and options',
    async (shell) => {
      const { code, stdout } = await place.run(['completion', shell])
      expect(code).toBe(0)
      for (const word of ['channel', 'enable', shell === 'fish' ? '-l api-key-env' : '--api-key-env']) {
        expect(stdout).toContain(word)
      }
      // Hidden options are for axonhub itself.
      expect(stdout).not.toMatch(/(--|-l )home\b/)
      expect(stdout).not.toMatch(/'serve'.*(--|-l )background/)
    },
  )

  it('in bash completes the words that fit the place', async () => {
    const { stdout: script } = await bench.run(['completion', 'bash'])
    const complete = async (...words: string[]) => {
      const quoted = words.map((word) => `'${word}'`).join(' ')
      const line = `COMP_WORDS=(axonhub ${quoted}); COMP_CWORD=${words.length}; _axonhub; echo "\${COMPREPLY[*]}"`
      return (await promisify(execFile)('bash', ['-c', `${script}\n${line}`])).stdout.trim()
    }
    expect(await complete('st')).toBe('stop status statusline')
    expect(await complete('channel', 'e')).toBe('enable')
    expect(await complete('channel', 'add', '--api')).toBe('--api-key-env --api-key-stdin')
    expect(await complete('completion', 'f')).toBe('fish')
  })
})
