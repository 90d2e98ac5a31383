// The editors of other people's files: what was edited and undone has its first bytes, and means what it meant.
import { Buffer } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { JsonValue } from '../../../src/base/json.js'
import { planConfigEdits } from '../../../src/config/edit.js'
import { loadPresets } from '../../../src/config/presets.js'
import { readSource } from '../../../src/config/source.js'
import { editYaml, type YamlEdit } from '../../../src/config/yaml-edit.js'
import type { EditPath, LosslessEditor } from '../../../src/edit/editor.js'
import { jsonEditor } from '../../../src/edit/json-editor.js'
import { planEdits } from '../../../src/edit/plan-edits.js'
import { planUndo } from '../../../src/edit/plan-undo.js'
import { type RecordedEdit, recordWrite } from '../../../src/edit/record-write.js'
import { tomlEditor } from '../../../src/edit/toml-editor.js'
import { corpus } from '../../edit/corpus.js'
import type { Chance } from '../chance.js'
import type { Target } from '../engine.js'
import { must, orRefused } from '../laws.js'
import { seedsOf } from '../seeds.js'

const PATHS: readonly EditPath[] = [
  ['model'],
  ['model_provider'],
  ['model_providers', 'axonhub-responses'],
  ['env', 'ANTHROPIC_BASE_URL'],
  ['env', 'ANTHROPIC_CUSTOM_HEADERS'],
  ['hasCompletedOnboarding'],
  ['a b', 'c.d', '"e"'],
]

const VALUES: readonly JsonValue[] = [
  'x',
  true,
  'two\nlines\t"quoted" \\ \u0000 é',
  { name: 'axonhub', base_url: 'http://127.0.0.1:8090/v1', auth: { command: 'a', args: ['b', 'c'] } },
  [1, 'two', { three: 3 }],
]

const CODES = ['config-invalid', 'refused']

function edits(dice: Chance): RecordedEdit[] {
  const paths = PATHS.filter(() => dice.once(3))
  const chosen = paths.length === 0 ? PATHS.slice(0, 1) : paths
  return chosen.map((path) => ({ path, value: dice.once(6) ? undefined : dice.pick(VALUES) }))
}

function checkUndo(editor: LosslessEditor, input: Uint8Array, dice: Chance): void {
  const before = Buffer.from(input).toString('utf8')
  const planned = edits(dice)
  const after = orRefused(() => planEdits(editor, before, planned, 'file'), CODES)
  if (after === undefined) return
  const document = editor.parse(after, 'file')
  for (const { path, value } of planned)
    must(isDeepStrictEqual(document.get(path), value), `${path.join('.')} holds what was planned`)
  const write = { path: 'file', editor, before, after, edits: planned, createdFolder: false, at: '' }
  const undone = planUndo(recordWrite(undefined, write), after, editor)
  must(undone.conflicts.length === 0, 'nothing stands in the way of an undo')
  must(undone.text === before, 'an edit that is undone leaves the first bytes')
}

export const toml: Target = {
  name: 'toml',
  shape: 'bytes',
  seeds: () =>
    seedsOf(
      'toml',
      corpus('toml').map(({ text }) => text),
    ),
  check: (input, dice) => checkUndo(tomlEditor, input, dice),
}

export const json: Target = {
  name: 'json',
  shape: 'bytes',
  seeds: () =>
    seedsOf(
      'json',
      corpus('json').map(({ text }) => text),
    ),
  check: (input, dice) => checkUndo(jsonEditor, input, dice),
}

const YAML_EDITS: readonly YamlEdit[] = [
  { type: 'set', path: ['active_profile'], value: 'p' },
  { type: 'set', path: ['keys', 'codex'], value: {} },
  { type: 'set', path: ['server', 'port'], value: 9 },
  { type: 'set', path: ['channels', 0, 'enabled'], value: false },
  { type: 'append', path: ['channels'], value: { name: 'n', provider: 'deepseek', models: ['*'] } },
  { type: 'remove', path: ['channels', 0] },
  { type: 'remove', path: ['keys'] },
]

const presets = loadPresets()
const templates = ['config.yml'].map((name) =>
  readFileSync(join(import.meta.dirname, '../../../templates', name), 'utf8'),
)

/** The comments' texts, in order. */
function comments(text: string): string[] {
  return [...text.matchAll(/^\s*#.*$/gm)].map((match) => match[0].trim())
}

export const yaml: Target = {
  name: 'yaml',
  shape: 'bytes',
  seeds: () => seedsOf('yaml', templates),
  check(input, dice) {
    const before = Buffer.from(input).toString('utf8')
    const source = readSource(before, 'file')
    source.scalars()
    orRefused(() => planConfigEdits(before, 'file', presets, [{ type: 'use-profile', name: undefined }]))
    if (source.values === undefined) return
    const edit = dice.pick(YAML_EDITS)
    const after = edit && orRefused(() => editYaml(before, [edit]), CODES)
    if (edit === undefined || after === undefined) return
    const values = readSource(after, 'file').values
    must(values !== undefined, 'what was edited is still YAML')
    if (edit.type === 'set' && edit.path.length === 1)
      must(values[String(edit.path[0])] === edit.value, 'the value stands there')
    const added = orRefused(() => editYaml(after, [{ type: 'set', path: ['zz'], value: 1 }]), CODES)
    const again = added && orRefused(() => editYaml(added, [{ type: 'remove', path: ['zz'] }]), CODES)
    if (again === undefined) return
    must(isDeepStrictEqual(readSource(again, 'file').values, values), 'added and removed means the same')
    must(isDeepStrictEqual(comments(again), comments(after)), 'no comment is lost')
  },
}
