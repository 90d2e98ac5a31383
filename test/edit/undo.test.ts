// The law of the ledger, over random documents and random histories: whatever init wrote, and whatever the agent
// wrote in between, undo leaves just the agent's own; and where the agent wrote nothing, the bytes are the first ones.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../../src/base/json.js'
import type { LosslessEditor } from '../../src/edit/editor.js'
import { jsonEditor } from '../../src/edit/json-editor.js'
import type { LedgerFile } from '../../src/edit/ledger.js'
import { planEdits } from '../../src/edit/plan-edits.js'
import { planUndo } from '../../src/edit/plan-undo.js'
import { type RecordedEdit, recordWrite } from '../../src/edit/record-write.js'
import { tomlEditor } from '../../src/edit/toml-editor.js'

const PATHS = [['model'], ['provider'], ['env', 'URL'], ['env', 'TOKEN'], ['providers', 'hub']]

/** Ours hold "hub", the agent's own never do. */
const ours = fc
  .tuple(fc.constantFrom('hub-1', 'hub-2'), fc.subarray(PATHS, { minLength: 1 }))
  .map(([value, paths]) =>
    paths.map(
      (path): RecordedEdit => ({
        path,
        value: path.length === 2 && path[0] === 'providers' ? { url: value, retries: 1 } : value,
      }),
    ),
  )
const foreign = fc.record({
  path: fc.constantFrom<string[]>(
    ['theme'],
    ['env', 'LANG'],
    ['projects', '/work'],
    ['projects', '/a b'],
    ['providers', 'corp'],
  ),
  value: fc.constantFrom<JsonValue>('x', 7, { trust: 'yes' }, { url: 'corp', headers: { a: 'b' } }),
})

type Step =
  | { readonly kind: 'init'; readonly edits: readonly RecordedEdit[] }
  | { readonly kind: 'agent'; readonly edit: { path: string[]; value: JsonValue } }
  | { readonly kind: 'reformat' }

const history: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    ours.map((edits): Step => ({ kind: 'init', edits })),
    foreign.map((edit): Step => ({ kind: 'agent', edit })),
    fc.constant<Step>({ kind: 'reformat' }),
  ),
  { minLength: 1, maxLength: 5 },
)

const TOML_PIECES = [
  'model = "own" # best\n',
  "theme = 'dark'\n",
  '# a comment\n',
  '\n',
  'env = { LANG = "C", URL = "own" }\n',
  'providers.corp.url = "own"\n',
  '  odd  =  [ 1,\n 2 ] # c\n',
]
const TOML_TABLES = [
  '[tui]\nx = 1\n',
  '\n[tui2] # c\n\ty = 2\n\n',
  '[[hooks]]\na = 1\n',
  '# last\n',
  '[zz.y]\n',
]
const JSON_MEMBERS = [
  '"model": "own"',
  '"env": { "LANG": "C" }',
  '"env": {\n    "URL": "own" // c\n  }',
  '"n": 1.0 /* c */',
  '"projects": {}',
]

const toml = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...TOML_PIECES)),
    fc.uniqueArray(fc.constantFrom(...TOML_TABLES)),
    fc.boolean(),
  )
  .map(([pieces, tables, cut]) => (pieces.join('') + tables.join('')).slice(0, cut ? -1 : undefined))
const json = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...JSON_MEMBERS), { selector: (member) => member.slice(0, 5) }),
    fc.constantFrom(', ', ',\n  ', ',\n\t'),
  )
  .map(([members, separator]) => `{${separator.slice(1)}${members.join(separator)}${separator.slice(1)}}\n`)

type Outcome = {
  readonly undone: string
  readonly start: string
  readonly alone: string
  readonly changed: boolean
}

/** Plays the history twice: with us, then undone; and without us. */
function play(
  editor: LosslessEditor,
  start: string,
  steps: readonly Step[],
  isSecret: (value: string) => boolean,
): Outcome {
  let text = start
  let alone = start
  let record: LedgerFile | undefined
  let changed = false
  for (const step of steps) {
    switch (step.kind) {
      case 'init': {
        const after = planEdits(editor, text, step.edits, 'file')
        if (after !== text || record === undefined) {
          const kept = (record?.entries ?? []).filter(
            (entry) => !step.edits.some((edit) => String(edit.path) === String(entry.path)),
          )
          const known = record
          record = recordWrite(known, {
            path: 'file',
            editor,
            before: text,
            after,
            edits: step.edits,
            createdFolder: false,
            secrets: ['hub-1', 'hub-2'].filter(isSecret),
            at: '',
          })
          record = { ...record, entries: [...record.entries, ...kept] }
        }
        text = after
        break
      }
      case 'agent':
        alone = planEdits(editor, alone, [step.edit], 'file')
        text = planEdits(editor, text, [step.edit], 'file')
        changed = true
        break
      case 'reformat':
        if (editor.format !== 'json') break
        text = reformatted(editor, text)
        alone = reformatted(editor, alone)
        changed = true
        break
    }
  }
  expect(['hub-1', 'hub-2'].filter((value) => isSecret(value) && ownWords(record).includes(value))).toEqual(
    [],
  )
  const plan = record === undefined ? undefined : planUndo(record, text, editor)
  expect(plan?.conflicts ?? []).toEqual([])
  return { undone: plan === undefined ? text : (plan.text ?? ''), start, alone, changed }
}

/** All on record that undo only has to know again. */
function ownWords(record: LedgerFile | undefined): string {
  const lines = (record?.writes ?? []).flatMap(({ hunks }) =>
    hunks.flatMap(({ inserted, above, below }) => [...inserted, above, below]),
  )
  return JSON.stringify([lines, (record?.entries ?? []).map(({ ours: wrote, part }) => [wrote, part])])
}

function reformatted(editor: LosslessEditor, text: string): string {
  return `${JSON.stringify(editor.parse(text, 'file').get([]), null, 4)}\n`
}

/** The leaves without empty containers, which may come and go with what they hold. */
function meaning(editor: LosslessEditor, text: string): string[] {
  return [...editor.parse(text, 'file').leaves()]
    .filter(([, leaf]) => leaf !== 'table')
    .map(([path, leaf]) => `${path} ${leaf}`)
    .sort()
}

const SECRETS = [
  { what: 'with nothing secret', isSecret: () => false },
  { what: 'with one secret', isSecret: (value: string) => value === 'hub-1' },
  { what: 'with a secret that is exchanged for another', isSecret: () => true },
]

describe.each(
  SECRETS.flatMap((secrets) => [
    { ...secrets, name: 'TOML', editor: tomlEditor, documents: toml },
    { ...secrets, name: 'JSON', editor: jsonEditor, documents: json },
  ]),
)('undo of any history of a $name file, $what', ({ editor, documents, isSecret }) => {
  it('leaves what the agent wrote, or the identical bytes where it wrote nothing', () => {
    fc.assert(
      fc.property(documents, history, (start, steps) => {
        const outcome = play(editor, start, steps, isSecret)
        expect(meaning(editor, outcome.undone)).toEqual(meaning(editor, outcome.alone))
        expect(outcome.changed ? '' : outcome.undone).toBe(outcome.changed ? '' : outcome.start)
      }),
      { numRuns: 200 },
    )
  })
})
