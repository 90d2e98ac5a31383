// The files for macOS and Windows, held to the formats that Apple and Microsoft document: no machine of theirs reads them here.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { launchdPlan } from '../../src/cli/service/launchd.js'
import type { ServiceFacts } from '../../src/cli/service/plan.js'
import { windowsPlan } from '../../src/cli/service/windows.js'

const TEMPLATES = join(import.meta.dirname, '../../templates/service')
const SCHEMA = join(import.meta.dirname, '../fixtures/task.xsd')
const hasXmllint = spawnSync('xmllint', ['--version']).error === undefined

const facts: ServiceFacts = {
  home: '/home/me & "you"/.axonhub',
  suffix: '',
  userHome: '/home/me',
  user: 'me',
  uid: 501,
  env: { PATH: '/opt/<my> tools/bin:/usr/bin', USERDOMAIN: 'DESK' },
  command: ['/opt/node', '/opt/100% & "more"/bin/axonhub.js', 'serve'],
  logFolder: '/home/me/.axonhub/log',
  template: (name) => readFileSync(join(TEMPLATES, name), 'utf8'),
}

function written(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'ah-files-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'file.xml')
  writeFileSync(file, text.replace('encoding="UTF-16"', 'encoding="UTF-8"'))
  return file
}

/** What each key may be by launchd.plist(5). */
const LAUNCHD: Readonly<Record<string, RegExp>> = {
  Label: /^string$/,
  ProgramArguments: /^array( string)+$/,
  EnvironmentVariables: /^dict( key string)+$/,
  WorkingDirectory: /^string$/,
  RunAtLoad: /^(true|false)$/,
  KeepAlive: /^(true|false|dict( key (true|false|dict))+)$/,
  ThrottleInterval: /^integer$/,
  ExitTimeOut: /^integer$/,
  ProcessType: /^string$/,
  Umask: /^(integer|string)$/,
  StandardOutPath: /^string$/,
  StandardErrorPath: /^string$/,
}

/** The keys of the outermost dict with the kind of what stands at each: its element, and those inside of it. */
function keysOf(file: string): [string, string][] {
  const ask = (path: string) =>
    execFileSync('xmllint', ['--nonet', '--xpath', path, file], { encoding: 'utf8' }).trim()
  const count = Number(ask('count(/plist/dict/key)'))
  return Array.from({ length: count }, (_, index) => {
    const key = `/plist/dict/key[${index + 1}]`
    const value = `${key}/following-sibling::*[1]`
    const inside = Number(ask(`count(${value}/*)`))
    const names = Array.from({ length: inside }, (_none, at) => ask(`name(${value}/*[${at + 1}])`))
    return [ask(`string(${key})`), [ask(`name(${value})`), ...names].join(' ')]
  })
}

describe.skipIf(!hasXmllint)('the files for other systems (skipped where there is no xmllint)', () => {
  it('the agent of launchd has the keys of launchd.plist(5), each of its kind', () => {
    const { text } = launchdPlan(facts)
    const keys = keysOf(written(text))
    expect(keys.map(([key]) => key).toSorted()).toEqual(Object.keys(LAUNCHD).toSorted())
    for (const [key, kind] of keys)
      expect(`${key}: ${kind}`).toMatch(new RegExp(`^${key}: ${LAUNCHD[key]?.source.slice(1)}`))
    expect(text).toMatch(/<string>(Background|Standard|Adaptive|Interactive)<\/string>/)
  })

  it('the task is as the schema of the Task Scheduler wants it', () => {
    const { text } = windowsPlan(facts, '/home/me/.axonhub/service.xml')
    const run = (what: string) =>
      spawnSync('xmllint', ['--noout', '--nonet', '--schema', SCHEMA, written(what)], { encoding: 'utf8' })
    expect(run(text)).toMatchObject({ status: 0 })
    // The schema does not take just anything.
    for (const wrong of [text.replace('<Count>255<', '<Count>256<'), text.replace('IgnoreNew', 'Never')])
      expect(run(wrong).status).not.toBe(0)
  })
})
