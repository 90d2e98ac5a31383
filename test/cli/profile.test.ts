// Profiles by commands: examples, the editor, the check, the switch. The explain flags need the built command.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isObject, parseJson } from '../../src/base/json.js'
import { type Bench, makeBench } from './bench.js'
import { makePlace, type Place } from './here.js'

const CONFIG = `channels:
  - { name: ds, provider: deepseek, api_key: env:X }
  - name: small
    endpoints: { openai-chat: http://127.0.0.1:1/v1 }
    models: [tiny]
# the profiles
profiles:
  # the first
  one:
    mappings:
      # for the small ones
      - { from: "claude-haiku-.*", to: deepseek-flash, channel: ds }
      - from: "*"
        when: { has_images: true }
        to: tiny
      - { from: "claude-.*", to: deepseek-v4-pro } # the rest
    # the end
  two: { mappings: [{ from: "*", to: tiny }] }
active_profile: one
`

let place: Place
let file: string
const config = () => readFileSync(file, 'utf8')

beforeAll(() => {
  place = makePlace()
  mkdirSync(join(place.home, 'hub'), { mode: 0o700 })
  file = join(place.home, 'hub', 'config.yml')
})
beforeEach(() => writeFileSync(file, CONFIG, { mode: 0o600 }))
afterAll(() => place.close())

/** An editor that runs sed scripts on the file, one each time that it is opened. */
function editor(...scripts: string[]): { EDITOR: string } {
  const path = join(place.home, 'editor.sh')
  const turn = join(place.home, 'turn')
  writeFileSync(turn, '')
  const cases = scripts.map((script, index) => `  ${index}) sed -i.bak '${script}' "$1" ;;`).join('\n')
  writeFileSync(
    path,
    `#!/bin/sh\nturn=$(wc -c < '${turn}' | tr -d ' ')\nprintf x >> '${turn}'\ncase $turn in\n${cases}\nesac\n`,
  )
  chmodSync(path, 0o755)
  return { EDITOR: path }
}
const draft = () => join(place.home, 'hub', 'run', 'profile-one.yml')

describe('an example', () => {
  it('becomes a profile of the channels that are there', async () => {
    const made = await place.run(['profile', 'create', 'thrifty', '--from', 'cheap', '--use'])
    expect(made.stderr).toBe('')
    expect(config()).toContain(`  thrifty:
    mappings:
      - { from: "*", when: { background: true }, to: deepseek-flash, channel: [ ds ] }
      - { from: claude-haiku-.*, to: deepseek-flash, channel: [ ds ] }
      - { from: "*", to: deepseek-v4-pro, channel: [ ds ] }
`)
    expect(config()).toContain('active_profile: thrifty')
  })

  it('comes after the mappings that are given', async () => {
    await place.run(['profile', 'create', 'thrifty', '--from', 'cheap', '--map', 'gpt-5=tiny@small'])
    expect(config()).toContain('    mappings:\n      - { from: gpt-5, to: tiny, channel: [ small ] }\n')
  })

  it('says what it took a name with an @ for, when no channel is called so', async () => {
    const { code, stderr } = await place.run(['profile', 'create', 'x', '--map', 'a=claude@20250101'])
    expect([code, stderr]).toEqual([
      0,
      '"claude@20250101" is taken as the name of a model: no channel is called "20250101".\n',
    ])
    expect(config()).toContain('- { from: a, to: claude@20250101 }')
  })

  it.each([
    ['no channel of its provider', 'coding-plan', 4, 'Add it with "axonhub channel add zai-coding"'],
    ['another name', 'cheep', 1, 'Did you mean "cheap"?'],
  ])('with %s is refused', async (_, name, expected, said) => {
    const { code, stderr } = await place.run(['profile', 'create', 'x', '--from', name])
    expect([code, config()]).toEqual([expected, CONFIG])
    expect(stderr).toContain(said)
  })

  it('is listed with what it needs', async () => {
    const { stdout } = await place.run(['profile', 'list', '--examples', '--json'])
    expect(parseJson(stdout)).toContainEqual({
      name: 'cheap',
      title: expect.any(String),
      providers: ['deepseek'],
    })
  })
})

describe('profile edit', () => {
  it('keeps everything but what was changed, comments included', async () => {
    const env = editor('s/tiny/deepseek-flash/;s/the rest/the others/')
    const { code, stdout } = await place.run(['profile', 'edit'], { env })
    expect([code, stdout]).toEqual([0, 'Changed the profile "one".\n'])
    expect(config()).toBe(
      CONFIG.replace('tiny\n      - { from', 'deepseek-flash\n      - { from').replace(
        'the rest',
        'the others',
      ),
    )
    expect(existsSync(draft())).toBe(false)
  })

  it('saves nothing that is wrong, tells the place, and goes on with it the next time', async () => {
    const wrong = await place.run(['profile', 'edit', 'one'], {
      env: editor('s/when:/wen:/;s/channel: ds/channel: dss/'),
    })
    expect([wrong.code, config()]).toEqual([4, CONFIG])
    expect(wrong.stderr).toContain(
      `${draft()}:4:63: profiles.one.mappings[0].channel: there is no channel "dss" (did you mean "ds"?)`,
    )
    expect(wrong.stderr).toContain(
      `${draft()}:6:7: profiles.one.mappings[1].wen: unknown key; allowed: from, when, to, channel (did you mean "when"?)`.replace(
        'from, when, to',
        'from, to, when',
      ),
    )
    const right = await place.run(['profile', 'edit', 'one'], {
      env: editor('s/wen:/when:/;s/dss/ds/;s/v4-pro/flash/'),
    })
    expect(right.stderr).toContain('Going on with what was not saved')
    expect([right.code, config()]).toEqual([0, CONFIG.replace('v4-pro', 'flash')])
  })

  it('asks a person whether to mend it', async () => {
    const mended = await place.run(['profile', 'edit', 'one'], {
      env: editor('s/has_images: true/has_images: maybe/', 's/maybe/false/'),
      terminal: { answers: [[/again\?/, 'y\n']] },
    })
    expect([mended.code, config()]).toEqual([0, CONFIG.replace('has_images: true', 'has_images: false')])
  })

  it.each([
    ['YAML that cannot be read', 's/mappings:/mappings: [/', 'not valid YAML'],
    ['another profile', 's/^one:/three:/', 'must hold just the profile "one:"'],
    ['a pattern without bound', 's/claude-haiku-../(a+)+b/', 'could take time without bound'],
  ])('refuses %s', async (_, script, said) => {
    const { code, stderr } = await place.run(['profile', 'edit', 'one'], { env: editor(script) })
    expect([code, config()]).toEqual([4, CONFIG])
    expect(stderr).toContain(said)
    const emptied = await place.run(['profile', 'edit', 'one'], { env: { EDITOR: 'cp /dev/null' } })
    expect([emptied.code, config(), existsSync(draft())]).toEqual([0, CONFIG, false])
  })

  it('says so without a terminal where nobody chose an editor, and leaves no draft', async () => {
    const { code, stderr } = await place.run(['profile', 'edit', 'one'], { env: { EDITOR: '', VISUAL: '' } })
    expect([code, existsSync(draft())]).toEqual([2, false])
    expect(stderr).toContain('Set VISUAL or EDITOR')
    const failed = await place.run(['profile', 'edit', 'one'], { env: { EDITOR: 'false' } })
    expect([failed.code, existsSync(draft())]).toEqual([1, false])
  })

  it('edits a profile on one line as well', async () => {
    const { code } = await place.run(['profile', 'edit', 'two'], { env: editor('s/tiny/deepseek-flash/') })
    expect(code).toBe(0)
    expect(config()).toContain('# the profiles')
    expect((await place.run(['profile', 'show', 'two', '--json'])).stdout).toContain('"to": "deepseek-flash"')
  })
})

describe('profile check', () => {
  it('tells who answers, on what conditions, what is lost and what room there is', async () => {
    const { code, stdout } = await place.run(['profile', 'check'])
    expect(code).toBe(1)
    expect(stdout).toContain('  ✓ deepseek-v4-pro on ds, relayed (mapping 3)\n')
    expect(stdout).toContain(
      '  ✓ tiny on small, converted to openai-chat (mapping 2, when has_images true)\n',
    )
    expect(stdout).toMatch(/ {2}✗ nobody: .*it does not serve gpt-6-astra.* \(unmapped\)\n/)
    expect(stdout).toMatch(
      /Converted to openai-chat for tiny on small:\n(?: {2}(?:dropped|approximated|emulated) .*\n)+/,
    )
    expect(stdout).toContain('nobody answers gpt-6-astra, ')
  })

  it('has the same as JSON', async () => {
    const { stdout } = await place.run(['profile', 'check', 'two', '--json'])
    const check = parseJson(stdout)
    expect(isObject(check) ? check['agents'] : undefined).toMatchObject({
      claude: {
        models: expect.arrayContaining([
          expect.objectContaining({ model: 'claude-opus-5-5', assumedWindow: 1_000_000, room: null }),
        ]),
        conversions: [{ channel: 'small', models: ['tiny'] }],
        context: { tooSmall: [], room: null, variables: {}, advice: null },
      },
    })
  })
})

describe('profile use', () => {
  it('tells of models with less room than Claude Code believes', async () => {
    writeFileSync(
      file,
      CONFIG.replace('ds, provider: deepseek', 'ds, provider: moonshot').replace(
        'deepseek-v4-pro',
        'kimi-k2.7-code',
      ),
    )
    const { code, stderr } = await place.run(['profile', 'use', 'one'])
    expect([code, stderr]).toEqual([
      0,
      'Claude Code believes that its models have more room than the 262144 tokens here;\n"axonhub profile check" says more.\n',
    ])
  })
})

describe('profile use --none', () => {
  it('leaves the active profile, which can be removed then', async () => {
    const { code, stdout } = await place.run(['profile', 'use', '--none'])
    expect([code, stdout]).toEqual([
      0,
      'No profile is active now: the names of models are passed on as they are.\n',
    ])
    expect(config()).toBe(CONFIG.replace('active_profile: one\n', ''))
    expect((await place.run(['profile', 'remove', 'one'])).code).toBe(0)
    const env = { AXONHUB_ACTIVE_PROFILE: 'two' }
    const overridden = await place.run(['profile', 'use', '--none'], { env })
    expect(overridden.stdout).toContain('(AXONHUB_ACTIVE_PROFILE) still names "two"')
  })

  it("leaves a key's own profile", async () => {
    writeFileSync(file, `${CONFIG}keys:\n  ci: { profile: two }\n`)
    expect((await place.run(['profile', 'remove', 'two'])).stderr).toContain('profile use --none --key ci')
    const { stdout } = await place.run(['profile', 'use', '--none', '--key', 'ci'])
    expect(stdout).toBe('The key "ci" follows the active profile now ("one").\n')
    expect((await place.run(['profile', 'remove', 'two'])).code).toBe(0)
  })

  it('takes either a name or --none', async () => {
    const runs = [await place.run(['profile', 'use']), await place.run(['profile', 'use', 'one', '--none'])]
    expect(runs.map(({ code }) => code)).toEqual([2, 2])
  })
})

describe('explain', () => {
  let bench: Bench
  beforeAll(() => {
    bench = makeBench()
    mkdirSync(bench.hub, { recursive: true, mode: 0o700 })
    writeFileSync(join(bench.hub, 'config.yml'), CONFIG, { mode: 0o600 })
  })
  afterAll(() => bench.close())

  it('takes what is to be assumed of the request', async () => {
    const images = await bench.json(['explain', 'claude-opus-5-5', '--agent', 'claude', '--images'])
    expect(images).toMatchObject({
      targets: [{ model: 'tiny', channel: 'small' }],
      reasons: expect.arrayContaining([
        'model claude-opus-5-5: mapping 2 (* → tiny) gives tiny; has_images true: true → holds',
      ]),
    })
    const wrong = await bench.run(['explain', 'm', '--tokens', 'many'])
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('It must be a whole number')])
  })
})
