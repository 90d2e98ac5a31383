import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureHome, resolvePaths } from '../../src/config/paths.js'

describe('the paths of a home', () => {
  it('lie below .axonhub in the home directory of the user', () => {
    expect(resolvePaths({}, '/home/u', undefined, 'linux')).toEqual({
      home: '/home/u/.axonhub',
      config: '/home/u/.axonhub/config.yml',
      database: '/home/u/.axonhub/axonhub.db',
      secrets: '/home/u/.axonhub/secrets.json',
      ledger: '/home/u/.axonhub/ledger.json',
      run: '/home/u/.axonhub/run',
      socket: '/home/u/.axonhub/run/axonhub.sock',
      daemonFile: '/home/u/.axonhub/run/daemon.json',
      logFolder: '/home/u/.axonhub/log',
      log: '/home/u/.axonhub/log/axonhub.log',
    })
  })

  it('follow AXONHUB_HOME, and a flag before it; an empty variable counts as not set', () => {
    const home = (env: Record<string, string>, flag?: string) => resolvePaths(env, '/home/u', flag).home
    expect(home({ AXONHUB_HOME: '/x/y/' })).toBe('/x/y')
    expect(home({ AXONHUB_HOME: '~/hub' })).toBe('/home/u/hub')
    expect(home({ AXONHUB_HOME: '/x' }, '/z')).toBe('/z')
    expect(home({ AXONHUB_HOME: '' })).toBe('/home/u/.axonhub')
  })

  it('name a pipe of its own per home on Windows', () => {
    const pipe = (home: string) => resolvePaths({}, '/u', home, 'win32').socket
    expect(pipe('/a')).toMatch(/^\\\\\.\\pipe\\axonhub-[0-9a-f]{16}$/)
    expect(pipe('/a')).not.toBe(pipe('/b'))
  })
})

describe('making the home', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'axonhub-home-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('closes it and its folders to everybody else, also one that was open', () => {
    const paths = resolvePaths({}, folder)
    mkdirSync(paths.home)
    chmodSync(paths.home, 0o755)
    ensureHome(paths)
    for (const path of [paths.home, paths.run, paths.logFolder])
      expect(statSync(path).mode & 0o777).toBe(0o700)
    ensureHome(paths)
  })

  it('says what to do when a file is in the way', () => {
    writeFileSync(join(folder, '.axonhub'), '')
    expect(() => ensureHome(resolvePaths({}, folder))).toThrow(
      expect.objectContaining({
        code: 'refused',
        detail: expect.objectContaining({ hint: expect.stringContaining('AXONHUB_HOME') }),
      }),
    )
  })
})
