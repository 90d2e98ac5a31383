// The life of a hub as its user sees it: start, second start, a taken port, restart, stop, a bad edit while it runs.
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askHub, type Bench, makeBench, member, printed, type Run } from './bench.js'

describe('a hub in the background', () => {
  let bench: Bench
  let started: Run
  beforeAll(async () => {
    bench = makeBench()
    started = await bench.run(['serve', '--detach', '--demo', '--port', '0'])
  })
  afterAll(() => bench.close())

  it('says where it runs, once it does', () => {
    expect(started).toMatchObject({ code: 0, stderr: '' })
    expect(started.stdout).toMatch(/The hub runs on http:\/\/127\.0\.0\.1:\d+ \(pid \d+\)\./)
  })

  it('tells its state to people and to scripts', async () => {
    const [human, json] = await Promise.all([bench.run(['status']), bench.json(['status'])])
    expect(human.code).toBe(0)
    expect(human.stdout).toContain('the demo upstream alone')
    expect(human.stdout.split('\n').every((line) => line.length <= 80)).toBe(true)
    expect(json).toMatchObject({ running: true, demo: true, home: bench.hub, configError: null })
  })

  it('shows and asks the channel that it has inside with --demo', async () => {
    const [list, json, models, test, nobody] = await Promise.all([
      bench.run(['channel', 'list']),
      bench.json(['channel', 'list']),
      bench.json(['channel', 'models', 'demo']),
      bench.run(['channel', 'test', 'demo', '--as', 'claude']),
      bench.run(['channel', 'test', 'demos']),
    ])
    expect(list.stdout).toMatch(/demo +on .*\(embedded\)/)
    expect(json).toMatchObject([{ name: 'demo', embedded: true, endpoints: { 'openai-chat': null } }])
    expect(models).toContain('demo-large')
    expect(test).toMatchObject({ code: 0, stdout: expect.stringContaining('demo · demo-') })
    expect([nobody.code, nobody.stderr]).toEqual([1, expect.stringContaining('no channel "demos"')])
  })

  it('is named with pid and address when another is started for the same home', async () => {
    const status = await bench.json(['status'])
    const runs = await Promise.all([bench.run(['serve']), bench.run(['serve', '--detach'])])
    for (const { code, stderr } of runs) {
      expect(code).toBe(1)
      expect(stderr).toContain(`pid ${printed(status, 'pid')}`)
      expect(stderr).toContain(`http://127.0.0.1:${printed(status, 'port')}`)
      expect(stderr).toContain('axonhub restart')
    }
  })

  it.skipIf(process.platform !== 'linux')('was told, when it began, to give large memory back', async () => {
    const status = await bench.json(['status'])
    const environment = readFileSync(`/proc/${printed(status, 'pid')}/environ`, 'utf8').split('\0')
    const told = environment.filter((variable) => variable.startsWith('MALLOC_'))
    expect(told.sort()).toEqual(['MALLOC_MMAP_THRESHOLD_=524288', 'MALLOC_TRIM_THRESHOLD_=8388608'])
  })

  it('is named with its pid by a hub of another home that wants its port', async () => {
    const status = await bench.json(['status'])
    const other = { AXONHUB_HOME: join(bench.home, 'other') }
    const port = printed(status, 'port')
    const runs = await Promise.all([
      bench.run(['serve', '--port', port], { env: other }),
      bench.run(['serve', '--port', port, '--detach'], { env: { AXONHUB_HOME: join(bench.home, 'third') } }),
    ])
    for (const { code, stderr } of runs) {
      expect(code).toBe(1)
      expect(stderr).toContain(`Port ${port} on 127.0.0.1 is held by node (pid ${printed(status, 'pid')})`)
    }
  })

  it('keeps port and demo over a restart, with a new process', async () => {
    const before = await bench.json(['status'])
    expect((await bench.run(['restart'])).code).toBe(0)
    const after = await bench.json(['status'])
    expect(member(after, 'port')).toBe(member(before, 'port'))
    expect(member(after, 'demo')).toBe(true)
    expect(member(after, 'pid')).not.toBe(member(before, 'pid'))
  })

  it('goes on with the old configuration after a bad edit, and status says why', async () => {
    expect((await askHub(bench, 'gpt-5', 'hello')).status).toBe(200)
    const file = join(bench.hub, 'config.yml')
    const good = readFileSync(file, 'utf8')
    writeFileSync(file, good.replace('port: 8090', 'prot: 8090'))
    const refused = await bench.run(['profile', 'list'])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/config\.yml:\d+:3: server\.prot: unknown key; .*did you mean "port"/)
    for (let tries = 0; tries < 50; tries++) {
      if (member(await bench.json(['status']), 'configError') !== null) break
    }
    const status = await bench.run(['status'])
    expect(status.code).toBe(0)
    expect(status.stdout).toContain('The configuration on disk is not in use')
    expect(status.stdout).toContain('server.prot')
    expect((await askHub(bench, 'gpt-5', 'hello again')).status).toBe(200)
    writeFileSync(file, good)
    expect((await bench.run(['config', 'check'])).code).toBe(0)
  })

  it('refuses a change that is wrong for it alone, and runs on when a restart could not start it again', async () => {
    const file = join(bench.hub, 'config.yml')
    const good = readFileSync(file, 'utf8')
    const before = await bench.json(['status'])
    // Wrong for this hub alone, whose port is not that of the file.
    const own = `openai-chat=http://127.0.0.1:${printed(before, 'port')}/v1`
    const refused = await bench.run(['channel', 'add', '--name', 'itself', '--endpoint', own, '--no-test'])
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('nothing was changed') })
    expect(readFileSync(file, 'utf8')).toBe(good)
    const url = own.replace('=', ': ')
    writeFileSync(file, good.replace('channels: []', `channels: [{ name: itself, endpoints: { ${url} } }]`))
    const restart = await bench.run(['restart'])
    expect(restart).toMatchObject({ code: 1, stderr: expect.stringContaining('address of this hub') })
    expect(member(await bench.json(['status']), 'pid')).toBe(member(before, 'pid'))
    writeFileSync(file, good)
  })

  it('stops for good: the process is gone when the command returns', async () => {
    const pid = Number(member(await bench.json(['status']), 'pid'))
    const { code, stdout } = await bench.run(['stop'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: `The hub (pid ${pid}) has stopped.\n` })
    const [status, json, again] = await Promise.all([
      bench.run(['status']),
      bench.run(['status', '--json']),
      bench.run(['stop']),
    ])
    expect(status).toMatchObject({ code: 3, stdout: '' })
    expect(status.stderr).toContain('axonhub serve --detach')
    expect(json).toMatchObject({ code: 3, stderr: '' })
    expect(JSON.parse(json.stdout)).toEqual({ running: false, home: bench.hub, trouble: null })
    expect(again.code).toBe(3)
    const log = await bench.run(['logs'])
    expect(log.stdout).toMatch(/\d\d:\d\d:\d\d hub\.stopping/)
  })
})

describe('a hub in the foreground', () => {
  it('shows where it listens on stdout, events on stderr, and ends with 0 on SIGTERM', async () => {
    const bench = makeBench()
    const going = bench.start(['serve', '--demo', '--port', '0'])
    await going.shows(/listens on http:\/\/127\.0\.0\.1:\d+[\s\S]*Connect/)
    going.child.kill('SIGTERM')
    const { code, stdout, stderr } = await going.ended
    expect(code).toBe(0)
    expect(stdout).toContain('the demo upstream')
    expect(stderr).toContain('hub.started')
    expect(stderr).toContain('once more ends at once')
    expect((await bench.run(['status'])).code).toBe(3)
    await bench.close()
  })

  it('ends at once on a second signal while an answer still runs', async () => {
    const bench = makeBench()
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const address = silent.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const endpoint = `openai-chat=http://127.0.0.1:${port}/v1`
    await bench.run(['channel', 'add', '--name', 'silent', '--endpoint', endpoint, '--no-test'])
    const going = bench.start(['serve', '--port', '0'])
    await going.shows(/Connect/)
    const asked = askHub(bench, 'any', 'hello').catch(() => undefined)
    await bench.start(['trace', 'tail']).shows(/asks any|Watching/)
    for (let tries = 0; tries < 100; tries++) {
      const running = member(member(await bench.json(['status']), 'requests'), 'running')
      if (running === 1) break
    }
    going.child.kill('SIGINT')
    await going.shows(/once more ends at once/)
    going.child.kill('SIGINT')
    expect((await going.ended).code).toBe(1)
    await asked
    silent.close()
    await bench.close()
  })
})

it('a hub that cannot start in the background says why, with its exit code', async () => {
  const bench = makeBench()
  await bench.run(['token'])
  writeFileSync(join(bench.hub, 'config.yml'), 'server: { port: many }\n')
  const { code, stdout, stderr } = await bench.run(['serve', '--detach'], {
    env: { AXONHUB_SERVER_PORT: '' },
  })
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toContain('config.yml:1:17: server.port: "many" is not allowed')
  expect(stderr).not.toContain(' at ')
  await bench.close()
})
