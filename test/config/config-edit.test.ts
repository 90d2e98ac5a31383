import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ConfigEdit, editConfig, planConfigEdits } from '../../src/config/edit.js'
import { loadPresets } from '../../src/config/presets.js'

const presets = loadPresets()

const HAND_WRITTEN = `# my hub

server:
    port: 8090     # as the guides say


channels:
    # the cheap one
    - name: deepseek
      provider: deepseek      # a preset
      api_key:   "keychain:deepseek"
      # tags: [cheap]

    - name: local
      endpoints: { openai-chat: 'http://127.0.0.1:11434/v1' }   # ollama
      models: ["*"]

profiles:
    cheap:
        mappings:
            - { from: gpt-4, to: deepseek-flash }   # old habit

            - from: "claude-.*"
              to: deepseek-v4-pro
              channel: deepseek
active_profile: cheap   # for all
keys:
    codex: { profile: cheap }
# the end
`

const plan = (text: string, ...edits: ConfigEdit[]) => planConfigEdits(text, 'config.yml', presets, edits)

describe('an edit of config.yml', () => {
  it('adds a channel in the indentation of the file and leaves every other byte alone', () => {
    const after = plan(HAND_WRITTEN, {
      type: 'add-channel',
      channel: { name: 'kimi', provider: 'moonshot', api_key: 'keychain:kimi', tags: ['big', 'paid'] },
    })
    const added = [
      '    - name: kimi',
      '      provider: moonshot',
      '      api_key: keychain:kimi',
      '      tags: [ big, paid ]',
      '',
    ].join('\n')
    expect(after).toBe(HAND_WRITTEN.replace('      models: ["*"]\n', `      models: ["*"]\n${added}`))
  })

  it('removes just the lines of a channel', () => {
    const text = HAND_WRITTEN.replace('channel: deepseek', 'channel: local')
    const after = plan(text, { type: 'remove-channel', name: 'deepseek' })
    const lines = ['name: deepseek', 'provider: deepseek      # a preset', '"keychain:deepseek"']
    expect(after).toBe(
      text
        .split('\n')
        .filter((line) => !lines.some((part) => line.endsWith(part)))
        .join('\n'),
    )
  })

  it('disables and enables a channel by one line', () => {
    const off = plan(HAND_WRITTEN, { type: 'enable-channel', name: 'deepseek', enabled: false })
    expect(off).toBe(HAND_WRITTEN.replace('# tags: [cheap]\n', '# tags: [cheap]\n      enabled: false\n'))
    expect(plan(off, { type: 'enable-channel', name: 'deepseek', enabled: true })).toBe(
      off.replace('enabled: false', 'enabled: true'),
    )
    expect(plan(HAND_WRITTEN, { type: 'enable-channel', name: 'deepseek', enabled: true })).toBe(HAND_WRITTEN)
  })

  it('switches the active profile in place and keeps the comment behind it', () => {
    const two = plan(HAND_WRITTEN, { type: 'add-profile', name: 'plain', profile: {} })
    expect(plan(two, { type: 'use-profile', name: 'plain' })).toBe(
      two.replace('active_profile: cheap   # for all', 'active_profile: plain   # for all'),
    )
  })

  it('adds a profile with its mappings on one line each', () => {
    const after = plan(HAND_WRITTEN, {
      type: 'add-profile',
      name: 'quick',
      profile: {
        mappings: [
          { from: '*', to: 'deepseek-flash', channel: ['deepseek', 'local'] },
          { from: 'a: b', to: '$x' },
        ],
        tags: ['cheap'],
      },
    })
    const added = [
      '    quick:',
      '        mappings:',
      '            - { from: "*", to: deepseek-flash, channel: [ deepseek, local ] }',
      '            - { from: "a: b", to: $x }',
      '        tags: [ cheap ]',
      '',
    ].join('\n')
    expect(after).toBe(HAND_WRITTEN.replace('channel: deepseek\n', `channel: deepseek\n${added}`))
  })

  it('changes the profile of a key inside its one-line mapping', () => {
    const two = plan(HAND_WRITTEN, { type: 'add-profile', name: 'plain', profile: {} })
    expect(plan(two, { type: 'set-key-profile', name: 'codex', profile: 'plain' })).toContain(
      '    codex: { profile: plain }\n# the end\n',
    )
    expect(plan(two, { type: 'set-key-profile', name: 'codex', profile: undefined })).toContain(
      '    codex: {}\n',
    )
  })

  it('keeps Windows line ends and a byte order mark', () => {
    const windows = `\uFEFF${HAND_WRITTEN.replaceAll('\n', '\r\n')}`
    const after = plan(windows, { type: 'add-key', name: 'claude', profile: 'cheap' })
    expect(after).toBe(
      windows.replace('{ profile: cheap }\r\n', '{ profile: cheap }\r\n    claude: { profile: cheap }\r\n'),
    )
  })

  it.each([
    ['an empty file', ''],
    ['a comment alone', '# nothing yet\n'],
    ['a file without a line end', 'server: { port: 1 }'],
    ['an empty list in one line', 'channels: []   # none\nkeys: {}\n'],
    ['a key with nothing behind it', 'channels:\n  # none yet\nkeys:\n'],
    ['lists without extra indentation', 'channels:\n- name: a\n  provider: openai\n'],
    ['everything in one line', '{channels: [{name: a, provider: openai}], keys: {b: {}}}\n'],
    ['a document start', '---\nchannels:\n  - { name: a, provider: openai } # one line\n'],
  ])('adds to %s', (_, text) => {
    const after = plan(
      text,
      { type: 'add-channel', channel: { name: 'kimi', provider: 'moonshot' } },
      { type: 'add-key', name: 'codex' },
      { type: 'add-profile', name: 'p', profile: { mappings: [{ from: 'x', to: 'y', channel: 'kimi' }] } },
      { type: 'use-profile', name: 'p' },
    )
    expect(after).toMatchSnapshot()
  })

  it('fills an empty value in front of the comment behind it', () => {
    const text = 'profiles: { p: {} }\nkeys:\n  k: # mine\n  l:\n'
    expect(plan(text, { type: 'set-key-profile', name: 'k', profile: 'p' })).toBe(
      'profiles: { p: {} }\nkeys:\n  k: { profile: p } # mine\n  l:\n',
    )
  })

  it.each<[what: string, from: string, edit: ConfigEdit, to: string]>([
    [
      'a value',
      "channels: [{name: 'a',  provider: openai ,enabled:   true}]  # mine\n",
      { type: 'enable-channel', name: 'a', enabled: false },
      "channels: [{name: 'a',  provider: openai ,enabled:   false}]  # mine\n",
    ],
    [
      'a key that is new',
      'channels:\n  - {name: a,provider: "openai"}\n',
      { type: 'enable-channel', name: 'a', enabled: false },
      'channels:\n  - {name: a,provider: "openai", enabled: false}\n',
    ],
    [
      'a key behind the last one of several lines, with comments and a comma at the end',
      'channels: [\n  { name: a, provider: openai }, # one\n  {\n    name: b, # two\n    provider: openai,\n  },\n]\n',
      { type: 'enable-channel', name: 'b', enabled: false },
      'channels: [\n  { name: a, provider: openai }, # one\n  {\n    name: b, # two\n    provider: openai, enabled: false,\n  },\n]\n',
    ],
    [
      'the first item',
      'channels: [{name: a, provider: openai},   {name: b, provider: openai}]\n',
      { type: 'remove-channel', name: 'a' },
      'channels: [{name: b, provider: openai}]\n',
    ],
    ['the last item', 'keys: {a: {},b: {}}\n', { type: 'remove-key', name: 'b' }, 'keys: {a: {}}\n'],
    ['the only item', 'keys: {a: {}}\n', { type: 'remove-key', name: 'a' }, 'keys: {}\n'],
  ])('changes in one line of flow style only %s', (_, from, edit, to) => {
    expect(plan(from, edit)).toBe(to)
  })

  it('keeps block scalars, odd dashes, tabs and the end mark of a document', () => {
    const text =
      'channels:\t# c\n  -   name: a\n      provider: openai\n      api_key: >+\n        env:K\n\n\n  -\n    name: b\n    provider:\topenai\n...\n'
    const after = plan(text, { type: 'add-channel', channel: { name: 'c', provider: 'ollama' } })
    expect(after).toBe(text.replace('...', '  - name: c\n    provider: ollama\n...'))
  })

  it('refuses to take an anchor away that others refer to', () => {
    const text =
      'channels:\n  - { name: a, provider: openai, tags: &t [x] }\n  - { name: b, provider: openai, tags: *t }\n'
    expect(() => plan(text, { type: 'remove-channel', name: 'a' })).toThrow(
      expect.objectContaining({
        code: 'refused',
        message: 'channels[0] cannot be changed without touching the rest of the file.',
      }),
    )
  })

  it('refuses what would leave a name without its thing, and says which', () => {
    expect(() => plan(HAND_WRITTEN, { type: 'remove-channel', name: 'deepseek' })).toThrow(
      /The channel "deepseek" is named by the profile "cheap"/,
    )
    expect(() => plan(HAND_WRITTEN, { type: 'remove-profile', name: 'cheap' })).toThrow(
      expect.objectContaining({
        message: 'The profile "cheap" is the active one and that of the key "codex".',
        detail: {
          hint: 'Leave it first: "axonhub profile use --none" and "axonhub profile use --none --key codex", or use another one.',
        },
      }),
    )
  })

  it('says what is not there and what is there already', () => {
    expect(() => plan(HAND_WRITTEN, { type: 'remove-channel', name: 'depseek' })).toThrow(
      expect.objectContaining({ code: 'not-found', detail: { hint: 'Did you mean "deepseek"?' } }),
    )
    expect(() =>
      plan(HAND_WRITTEN, { type: 'add-channel', channel: { name: 'local', provider: 'ollama' } }),
    ).toThrow(expect.objectContaining({ code: 'refused', message: 'There is already a channel "local".' }))
  })

  it('does not touch a file that is wrong already', () => {
    expect(() => plan('server:\n  prot: 1\n', { type: 'add-key', name: 'a' })).toThrow(
      expect.objectContaining({ code: 'config-invalid' }),
    )
  })
})

describe('writing config.yml', () => {
  let folder = ''
  let path = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'axonhub-config-'))
    path = join(folder, 'config.yml')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('begins a new file from the commented template, readable by its owner alone', async () => {
    const result = await editConfig({ path, presets }, [
      {
        type: 'add-channel',
        channel: { name: 'deepseek', provider: 'deepseek', api_key: 'keychain:deepseek' },
      },
      { type: 'add-key', name: 'codex' },
    ])
    expect(result).toEqual({ changed: true })
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8')).toMatchSnapshot()
  })

  it('keeps the mode of a file that is there, and writes nothing when nothing changes', async () => {
    writeFileSync(path, HAND_WRITTEN)
    chmodSync(path, 0o640)
    await editConfig({ path, presets }, [{ type: 'enable-channel', name: 'local', enabled: false }])
    expect(statSync(path).mode & 0o777).toBe(0o640)
    const { mtimeMs } = statSync(path)
    const again = await editConfig({ path, presets }, [
      { type: 'enable-channel', name: 'local', enabled: false },
    ])
    expect(again).toEqual({ changed: false })
    expect(statSync(path).mtimeMs).toBe(mtimeMs)
  })

  it('writes nothing when one of several edits is refused', async () => {
    writeFileSync(path, HAND_WRITTEN)
    await expect(
      editConfig({ path, presets }, [
        { type: 'add-key', name: 'new' },
        { type: 'use-profile', name: 'nowhere' },
      ]),
    ).rejects.toMatchObject({ code: 'not-found' })
    expect(readFileSync(path, 'utf8')).toBe(HAND_WRITTEN)
  })

  it('loses none of many edits made at the same time', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `key-${index}`)
    await Promise.all(names.map((name) => editConfig({ path, presets }, [{ type: 'add-key', name }])))
    const text = readFileSync(path, 'utf8')
    expect(names.filter((name) => text.includes(`  ${name}: {}`))).toEqual(names)
  })
})
