// The ledger: what we wrote into whose file, and what stood there before. It is written before the file is,
// so that no crash can leave a change that nobody remembers.
import { z } from 'zod'
import { HubError } from '../base/errors.js'
import { readIfExists, replaceIfUnchanged } from './atomic-write.js'
import { decodeText } from './text-shape.js'

const standing = z.discriminatedUnion('state', [
  z.object({ state: z.literal('absent') }),
  z.object({
    state: z.literal('present'),
    value: z.json(),
    /** How the value was spelled, when it stood in one piece. */
    source: z.string().optional(),
  }),
])

const entrySchema = z.object({
  path: z.array(z.string()),
  before: standing,
  ours: standing,
  /** Our line within a value of several lines that others write to as well. */
  part: z.string().optional(),
})

const hunkSchema = z.object({
  /** Index from 0 of the first inserted line in the text that we wrote. */
  line: z.number().int(),
  removed: z.array(z.string()),
  inserted: z.array(z.string()),
  /** The lines around it, to find the place again when lines were added elsewhere. */
  above: z.string().optional(),
  below: z.string().optional(),
})

const writeSchema = z.object({
  /** ISO time. */
  at: z.string(),
  beforeHash: z.string(),
  afterHash: z.string(),
  hunks: z.array(hunkSchema),
})

const fileSchema = z.object({
  path: z.string(),
  format: z.enum(['toml', 'json', 'env']),
  createdFile: z.boolean(),
  createdFolder: z.boolean(),
  /** Tables and objects that stood nowhere before, to be taken away when they are empty again. */
  createdContainers: z.array(z.array(z.string())),
  entries: z.array(entrySchema),
  writes: z.array(writeSchema),
})

const ledgerSchema = z.object({
  version: z.literal(1),
  agents: z.record(
    z.string(),
    z.object({
      /** What the user chose at the last write, so that the same command without flags changes nothing. */
      choices: z.record(z.string(), z.string()),
      files: z.array(fileSchema),
    }),
  ),
})

export type LedgerEntry = z.infer<typeof entrySchema>
export type LedgerHunk = z.infer<typeof hunkSchema>
export type LedgerWrite = z.infer<typeof writeSchema>
export type LedgerFile = z.infer<typeof fileSchema>
export type Ledger = z.infer<typeof ledgerSchema>

const EMPTY: Ledger = { version: 1, agents: {} }

/** The ledger, empty when the file does not exist. Throws HubError `config-invalid` when it cannot be read. */
export async function loadLedger(path: string): Promise<Ledger> {
  return parseLedger(await readIfExists(path), path)
}

/**
 * Reads, changes and writes the ledger as one step; a change by another process in between is taken in.
 * Returns what was written.
 */
export async function changeLedger(path: string, change: (ledger: Ledger) => Ledger): Promise<Ledger> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const bytes = await readIfExists(path)
    const changed = change(parseLedger(bytes, path))
    const text = `${JSON.stringify(changed, null, 2)}\n`
    if (bytes?.toString('utf8') === text || (await replaceIfUnchanged(path, text, bytes))) return changed
  }
  throw new HubError('refused', `${path} is being changed by another process.`, { hint: 'Try again.' })
}

/** The files on record for an agent. */
export function filesOf(ledger: Ledger, agent: string): readonly LedgerFile[] {
  return ledger.agents[agent]?.files ?? []
}

/** What the user chose for an agent when it was last written. */
export function choicesOf(ledger: Ledger, agent: string): Readonly<Record<string, string>> {
  return ledger.agents[agent]?.choices ?? {}
}

/** The ledger with the record of one file replaced, or taken away; an agent without files is forgotten. */
export function withFile(
  ledger: Ledger,
  agent: string,
  path: string,
  file: LedgerFile | undefined,
  choices: Readonly<Record<string, string>> = choicesOf(ledger, agent),
): Ledger {
  const others = filesOf(ledger, agent).filter((other) => other.path !== path)
  const files = file === undefined ? others : [...others, file]
  const { [agent]: _old, ...agents } = ledger.agents
  return { version: 1, agents: files.length === 0 ? agents : { ...agents, [agent]: { choices, files } } }
}

function parseLedger(bytes: Buffer | null, path: string): Ledger {
  if (bytes === null) return EMPTY
  try {
    return ledgerSchema.parse(JSON.parse(decodeText(bytes, path)))
  } catch (cause) {
    throw new HubError('config-invalid', `${path} cannot be read.`, {
      hint: 'It records what init wrote into other tools. Move it away to start a new one; undo then knows nothing of earlier writes.',
      cause,
    })
  }
}
