// Switches over the control socket: config.yml changes by that one word, the hub follows at once, errors say what to do.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { HubError } from '../../src/base/errors.js'
import { type ControlClient, controlClient } from '../../src/control/client.js'
import { startTestHub, type TestHub } from '../support/hub.js'

const CONFIG = `# my own hub
channels:
  - name: alpha      # the first
    endpoints: { openai-chat: "http://127.0.0.1:1/v1" }
    api_key: sk-upstream-secret
  # the second is slow
  - { name: beta, endpoints: { openai-chat: "http://127.0.0.1:1/v1" } }
profiles:
  cheap: { mappings: [{ from: "*", to: small }] }
  # for hard days
  good:
    mappings: [{ from: "gpt-.*", to: large, when: { thinking: true } }, { from: "*", to: large }]
    channels: [alpha]
active_profile: cheap   # switch me
`

let hub: TestHub
let client: ControlClient
beforeAll(async () => {
  hub = await startTestHub({ config: CONFIG })
  client = controlClient(join(hub.home, 'run/axonhub.sock'))
})
afterAll(() => hub.stop())
beforeEach(async () => {
  hub.writeConfig(CONFIG)
  await client.reload()
})

const written = () => readFileSync(join(hub.home, 'config.yml'), 'utf8')

async function errorOf(action: Promise<unknown>) {
  const thrown: unknown = await action.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  return thrown instanceof HubError
    ? { code: thrown.code, message: thrown.message, hint: thrown.detail.hint }
    : undefined
}

it('a key that is taken away is refused, also when several programs ask at once to read the file again', async () => {
  const status = async () => (await hub.get('/v1/models')).status
  expect(await status()).toBe(200)
  writeFileSync(join(hub.home, 'config.yml'), `${CONFIG}keys: {}\n`)
  const replies = await Promise.all(Array.from({ length: 40 }, () => client.reload()))
  expect(replies.map(({ error }) => error)).toEqual(replies.map(() => null))
  expect(await status()).toBe(401)
})

describe('a switch of the profile', () => {
  it('changes one word of config.yml and is in force when it is answered', async () => {
    const before = written()
    expect(await client.switchProfile('good', {})).toEqual({ changed: true, note: null })
    expect(written()).toBe(before.replace('active_profile: cheap', 'active_profile: good'))
    expect((await client.status()).profile).toBe('good')
    expect(await client.switchProfile('good', {})).toEqual({ changed: false, note: null })
  })

  it('can be for one key alone, and be taken back', async () => {
    await client.switchProfile('good', { key: 'test' })
    expect(await client.profiles()).toMatchObject({
      active: 'cheap',
      keys: [{ name: 'test', profile: 'good', own: true }],
    })
    expect((await client.explain({ model: 'm', key: 'test' })).profile).toBe('good')
    await client.switchProfile(undefined, { key: 'test', now: true })
    expect((await client.profiles()).keys).toEqual([{ name: 'test', profile: 'cheap', own: false }])
    await client.switchProfile(undefined, {})
    expect((await client.profiles()).active).toBeNull()
    expect(written()).toContain('# for hard days')
  })

  it('says what is wrong with a name, and changes nothing then', async () => {
    const before = written()
    expect(await errorOf(client.switchProfile('chaep', {}))).toEqual({
      code: 'not-found',
      message: 'There is no profile "chaep".',
      hint: 'Did you mean "cheap"?',
    })
    expect(await errorOf(client.switchProfile('good', { key: 'tset' }))).toMatchObject({
      code: 'not-found',
      hint: 'Did you mean "test"?',
    })
    expect(written()).toBe(before)
  })

  it('does not touch a file that has a mistake', async () => {
    appendFileSync(join(hub.home, 'config.yml'), 'nonsense: 1\n')
    const before = written()
    expect(await errorOf(client.switchProfile('good', {}))).toMatchObject({ code: 'config-invalid' })
    expect(written()).toBe(before)
  })
})

describe('a switch of a channel', () => {
  it('takes it out of routing and puts it back, comments and order kept', async () => {
    const before = written()
    expect(await client.enableChannel('beta', false)).toEqual({ changed: true, note: null })
    expect(written()).toContain('# the second is slow')
    expect((await client.channels()).channels).toMatchObject([
      { name: 'alpha', health: 'ok', enabled: true },
      { name: 'beta', health: 'disabled', enabled: false },
    ])
    expect((await client.explain({ model: 'm' })).targets.map(({ channel }) => channel)).toEqual(['alpha'])
    await client.enableChannel('beta', true)
    expect((await client.channels()).channels[1]?.health).toBe('ok')
    expect(written().length - before.length).toBeLessThan(20)
    expect(await client.enableChannel('beta', true)).toEqual({ changed: false, note: null })
  })

  it('is refused with a word for a channel that is not there', async () => {
    expect(await errorOf(client.enableChannel('alhpa', false))).toEqual({
      code: 'not-found',
      message: 'There is no channel "alhpa".',
      hint: 'Did you mean "alpha"?',
    })
  })
})

it('the profiles tell their mappings in the order of the file, conditions in words', async () => {
  const { profiles } = await client.profiles()
  expect(profiles).toEqual([
    {
      name: 'cheap',
      active: true,
      keys: [],
      channels: null,
      tags: null,
      mappings: [{ from: '*', to: 'small', channels: null, when: null, matchedToday: 0 }],
      requestsToday: 0,
      unmatchedToday: 0,
    },
    expect.objectContaining({
      name: 'good',
      channels: ['alpha'],
      mappings: [
        { from: 'gpt-.*', to: 'large', channels: null, when: 'thinking true', matchedToday: 0 },
        { from: '*', to: 'large', channels: null, when: null, matchedToday: 0 },
      ],
    }),
  ])
})

it('a channel that the hub has inside cannot be switched off', async () => {
  const demo = await startTestHub({ demo: true })
  const inside = controlClient(join(demo.home, 'run/axonhub.sock'))
  expect((await inside.channels()).channels).toMatchObject([{ name: 'demo', embedded: true }])
  expect(await errorOf(inside.enableChannel('demo', false))).toMatchObject({ code: 'refused' })
  await demo.stop()
})

it('a name in the environment is told as what still counts', async () => {
  const other = await startTestHub({ config: CONFIG, env: { AXONHUB_ACTIVE_PROFILE: 'cheap' } })
  const asking = controlClient(join(other.home, 'run/axonhub.sock'))
  const { note } = await asking.switchProfile('good', {})
  expect(note).toBe(
    'config.yml names "good" now; the environment (AXONHUB_ACTIVE_PROFILE) still names "cheap".',
  )
  await other.stop()
})
