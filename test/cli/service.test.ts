// `axonhub service`: the file that the system is given, who may change it, and what is said where nothing can keep it on.
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { launchdPlan } from '../../src/cli/service/launchd.js'
import { standingOf } from '../../src/cli/service/mark.js'
import type { ServiceFacts } from '../../src/cli/service/plan.js'
import { systemdPlan, systemdWord } from '../../src/cli/service/systemd.js'
import { windowsPlan, windowsWord } from '../../src/cli/service/windows.js'
import { makeBench } from './bench.js'
import { makePlace, type Place } from './here.js'

const TEMPLATES = join(import.meta.dirname, '../../templates/service')

function has(tool: string): boolean {
  return spawnSync(tool, ['--version']).error === undefined
}

function facts(home = '/home/me/.axonhub'): ServiceFacts {
  return {
    home,
    suffix: '',
    userHome: '/home/me',
    user: 'me',
    uid: 501,
    env: { PATH: '/opt/my tools/bin:/usr/bin', USERDOMAIN: 'DESK' },
    command: [process.execPath, '/opt/100% & "more"/bin/axonhub.js', 'serve', '--home', home],
    logFolder: join(home, 'log'),
    template: (name) => readFileSync(join(TEMPLATES, name), 'utf8'),
  }
}

describe('the unit for systemd', () => {
  it('comes back within a second however often it failed, and not after "axonhub stop"', () => {
    const { text } = systemdPlan(facts())
    expect(text).toContain('\nRestart=always\nRestartSec=300ms\n')
    expect(text).toContain('\nStartLimitIntervalSec=0\n')
    expect(text).toContain('\nRestartPreventExitStatus=0\n')
    expect(text).not.toMatch(/@[A-Z_]+@/)
  })

  it.skipIf(!has('systemd-analyze'))('is accepted by systemd itself, strange paths included', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ah%unit '))
    try {
      const program = join(folder, 'ax "on" $hub.js')
      const home = join(folder, 'ho%me')
      writeFileSync(program, '')
      const plan = systemdPlan({
        ...facts(home),
        command: [process.execPath, program, 'serve', '--home', home],
      })
      const unit = join(folder, 'axonhub.service')
      writeFileSync(unit, plan.text)
      const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--user', '--man=no', unit], {
        env: { ...process.env, XDG_RUNTIME_DIR: folder, HOME: folder },
        encoding: 'utf8',
      })
      const ours = stderr.split('\n').filter((line) => line.includes('axonhub'))
      expect({ status, ours }).toEqual({ status: 0, ours: [] })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('quotes each word so that systemd reads it back unchanged', () => {
    const unquoted = (word: string) =>
      word
        .slice(1, -1)
        .replaceAll('%%', '%')
        .replaceAll('$$', '$')
        .replace(/\\(["\\])/g, '$1')
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '"', '\\', '%', '$', "'") }), (word) => {
        expect(unquoted(systemdWord(word, { isCommand: true }))).toBe(word)
      }),
    )
  })
})

describe('the files for macOS and Windows', () => {
  const plans = [launchdPlan(facts()), windowsPlan(facts(), '/home/me/.axonhub/service.xml')]

  it.skipIf(!has('xmllint')).each(plans)('are whole XML: $kind', ({ text, kind }) => {
    const plain = text.replace('encoding="UTF-16"', 'encoding="UTF-8"')
    const folder = mkdtempSync(join(tmpdir(), 'ah-xml-'))
    try {
      const file = join(folder, `${kind}.xml`)
      writeFileSync(file, plain)
      execFileSync('xmllint', ['--noout', '--nonet', file], { stdio: 'pipe' })
      const strings = execFileSync('xmllint', ['--xpath', '//text()', file], { encoding: 'utf8' })
      expect(strings).toMatch(/100% &amp; \\?"more/)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it.each(plans)('hold no place that was not filled: $kind', ({ text }) => {
    expect(text).not.toMatch(/@[A-Z_]+@/)
  })

  it('a Windows word is read back as it was', () => {
    expect(windowsWord('plain')).toBe('plain')
    expect(windowsWord('C:\\Program Files\\x\\')).toBe('"C:\\Program Files\\x\\\\"')
    expect(windowsWord('a"b')).toBe('"a\\"b"')
  })
})

describe('a file knows whether it is as we wrote it', () => {
  it('whatever byte of it changed', () => {
    const { text } = systemdPlan(facts())
    expect([standingOf(undefined), standingOf(text), standingOf('[Unit]\n')]).toEqual([
      'absent',
      'ours',
      'foreign',
    ])
    fc.assert(
      fc.property(fc.nat(text.length - 1), (at) => {
        const changed = `${text.slice(0, at)}${text[at] === 'x' ? 'y' : 'x'}${text.slice(at + 1)}`
        expect(standingOf(changed)).not.toBe('ours')
      }),
    )
  })
})

describe.skipIf(process.platform !== 'linux')('install and uninstall', () => {
  let place: Place
  let tools: string
  let unit: string
  beforeEach(() => {
    place = makePlace()
    tools = join(place.home, 'tools')
    mkdirSync(tools)
    unit = join(place.home, '.config/systemd/user/axonhub.service')
  })
  afterEach(() => place.close())

  /** Stands in for the user's manager (service-systemd.test.ts has the real one): it writes down what it is asked. */
  function manager(exit = 0): Record<string, string> {
    const file = join(tools, 'systemctl')
    writeFileSync(file, `#!/bin/sh\necho "$@" >> ${join(tools, 'calls')}\nexit ${exit}\n`)
    chmodSync(file, 0o755)
    return { PATH: `${tools}:/usr/bin:/bin`, AXONHUB_HOME: '' }
  }
  const calls = () => readFileSync(join(tools, 'calls'), 'utf8').trim().split('\n')

  it('writes the unit once, switches it on, and takes it back without a trace', async () => {
    const env = manager()
    const first = await place.run(['service', 'install'], { env })
    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('+ExecStart=') })
    // This manager starts nothing, and the command does not say that it did.
    expect(first.stdout).toContain('its hub does not answer yet')
    expect(calls().filter((line) => !line.includes('show'))).toEqual([
      '--user daemon-reload',
      '--user enable axonhub.service',
      '--user restart axonhub.service',
    ])
    const text = readFileSync(unit, 'utf8')
    expect(text).toContain(`"AXONHUB_HOME=${join(place.home, '.axonhub')}"`)
    expect(text).toContain('"MALLOC_MMAP_THRESHOLD_=524288" "MALLOC_TRIM_THRESHOLD_=8388608"')
    const second = await place.run(['service', 'install'], { env })
    expect(second.stdout).toContain('is as it should be')
    expect(readFileSync(unit, 'utf8')).toBe(text)
    expect((await place.run(['service', 'uninstall'], { env })).code).toBe(0)
    expect(existsSync(unit)).toBe(false)
    expect(calls()).toContain('--user disable --now axonhub.service')
    expect((await place.run(['service', 'uninstall'], { env })).stdout).toContain('No service is installed')
  })

  it('shows all and writes nothing with --dry-run', async () => {
    const { code, stdout } = await place.run(['service', 'install', '--dry-run'], { env: manager() })
    expect(code).toBe(0)
    expect(stdout).toContain('systemctl --user restart axonhub.service')
    expect(existsSync(unit)).toBe(false)
  })

  it.each([
    ['changed since', (text: string) => text.replace('300ms', '5s')],
    ['written by somebody else', () => '[Service]\nExecStart=/bin/true\n'],
  ])('leaves a unit alone that was %s, with exit code 4', async (_what, change) => {
    const env = manager()
    await place.run(['service', 'install'], { env })
    const theirs = change(readFileSync(unit, 'utf8'))
    writeFileSync(unit, theirs)
    for (const verb of ['install', 'uninstall']) {
      const { code, stderr } = await place.run(['service', verb], { env })
      expect(code).toBe(4)
      expect(stderr).toContain('systemctl --user edit axonhub.service')
    }
    expect(readFileSync(unit, 'utf8')).toBe(theirs)
  })

  it('says what else to do where no manager answers, and writes nothing', async () => {
    const { code, stderr } = await place.run(['service', 'install'], { env: manager(1) })
    expect(code).toBe(1)
    expect(stderr).toContain('loginctl enable-linger')
    expect(stderr).toContain('axonhub serve --detach')
    expect(existsSync(unit)).toBe(false)
    const written = await place.run(['service', 'install', '--no-start'], { env: manager(1) })
    expect(written.code).toBe(0)
    expect(standingOf(readFileSync(unit, 'utf8'))).toBe('ours')
  })

  it('is another service for another home, and says which keys it would not see', async () => {
    const env = { ...manager(), AXONHUB_HOME: join(place.home, 'work') }
    mkdirSync(join(place.home, 'work'))
    writeFileSync(
      join(place.home, 'work/config.yml'),
      'channels:\n  - { name: a, provider: deepseek, api_key: env:MY_KEY }\n',
    )
    const { code, stderr } = await place.run(['service', 'install', '--no-start'], { env })
    expect(code).toBe(0)
    expect(stderr).toContain('MY_KEY')
    expect(existsSync(unit)).toBe(false)
  })

  it('is what brings it back when the hub is off', async () => {
    const env = manager()
    await place.run(['service', 'install'], { env })
    expect((await place.run(['status'], { env })).stderr).toContain(
      'systemctl --user restart axonhub.service',
    )
  })

  it('says when it would end with the login', async () => {
    const env = manager()
    const file = join(tools, 'loginctl')
    writeFileSync(file, '#!/bin/sh\n[ "$1 $3" = "show-user --property=Linger" ] && echo no\n')
    chmodSync(file, 0o755)
    const { stderr } = await place.run(['service', 'install'], { env })
    expect(stderr).toContain('"loginctl enable-linger" keeps it on')
  })

  it('tells scripts how it stands', async () => {
    const env = manager()
    const before = await place.run(['service', 'status', '--json'], { env })
    expect(before.code).toBe(1)
    expect(JSON.parse(before.stdout)).toMatchObject({ standing: 'absent', manager: true, active: false })
    await place.run(['service', 'install'], { env })
    const after = await place.run(['service', 'status', '--json'], { env })
    expect(JSON.parse(after.stdout)).toMatchObject({
      standing: 'ours',
      current: true,
      name: 'axonhub.service',
    })
  })
})

describe('a hub that the system keeps on', () => {
  it('waits out a mistake in the configuration and a hub that is there, and then begins', async () => {
    const bench = makeBench()
    const config = join(bench.hub, 'config.yml')
    const record = join(bench.hub, 'run', 'daemon.json')
    const runs = async (pid: number | undefined) => {
      for (let tries = 0; tries < 200; tries++) {
        if (existsSync(record) && readFileSync(record, 'utf8').includes(`"pid":${pid},`)) return true
        await sleep(50)
      }
      return false
    }
    mkdirSync(bench.hub, { mode: 0o700 })
    writeFileSync(config, 'server:\n  prot: 1\n')
    const first = bench.start(['serve', '--background', '--in-turn'])
    onTestFinished(() => void first.child.kill('SIGKILL'))
    await first.shows(/waiting: [\s\S]*server\.prot/)
    writeFileSync(config, 'channels: []\n')
    expect(await runs(first.child.pid)).toBe(true)
    const second = bench.start(['serve', '--background', '--in-turn'])
    onTestFinished(() => void second.child.kill('SIGKILL'))
    await sleep(700)
    expect(second.child.exitCode).toBe(null)
    expect((await bench.run(['stop'])).code).toBe(0)
    expect((await first.ended).code).toBe(0)
    expect(await runs(second.child.pid)).toBe(true)
    await bench.close()
  })
})
