// Fuzzing with guidance by coverage. Here a short run that must be clean; `npm run fuzz -- --seconds N` runs it long, prints
// the figures and leaves what broke a law in test/fuzz/findings. Inputs that once did so stay in test/fuzz/corpus.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { oneChannel, startTestHub, type TestHub } from '../support/hub.js'
import { chance } from './chance.js'
import { type Coverage, openCoverage } from './coverage.js'
import { type Figures, fuzz, nameOf, type Target } from './engine.js'
import { corpusOf } from './seeds.js'
import { controlOf } from './targets/control.js'
import { json, toml, yaml } from './targets/editors.js'
import { answerBodies, requestBodies, spans } from './targets/json.js'
import { answerStreams, relayedStreams, sse } from './targets/streams.js'

const asked = process.env['AXONHUB_FUZZ']
const seed = Number(process.env['AXONHUB_FUZZ_SEED'] ?? '1')
const only = process.env['AXONHUB_FUZZ_TARGET']
const still = [sse, relayedStreams, answerStreams, spans, requestBodies, answerBodies, toml, json, yaml]
const names = [...still.map(({ name }) => name), 'control'].filter(
  (name) => only === undefined || name === only,
)
const seconds = asked === undefined ? 0.4 : Number(asked) / names.length

let hub: TestHub
let coverage: Coverage
const told: Figures[] = []

beforeAll(async () => {
  hub = await startTestHub({ config: oneChannel('openai-chat', 'http://127.0.0.1:9/v1') })
  coverage = await openCoverage()
})
afterAll(async () => {
  await coverage.close()
  await hub.stop()
  if (asked !== undefined) report()
})

function targetNamed(name: string): Target {
  return still.find((target) => target.name === name) ?? controlOf(hub)
}

function report(): void {
  const rows = told.map(({ findings, ...figures }) => ({ ...figures, findings: findings.length }))
  const executions = told.reduce((sum, one) => sum + one.executions, 0)
  process.stdout.write(
    `${JSON.stringify({ seed, executions, blocks: coverage.total(), rows }, undefined, 2)}\n`,
  )
}

/** What broke a law, to be looked at and, once mended, moved into the corpus. */
function keep({ target, findings }: Figures): void {
  const folder = join(import.meta.dirname, 'findings', target)
  mkdirSync(folder, { recursive: true })
  for (const { input, why } of findings) {
    writeFileSync(join(folder, nameOf(input)), input)
    process.stdout.write(`${target} ${nameOf(input)}: ${why}\n`)
  }
}

describe.each(names)('whatever comes to %s', (name) => {
  it('of what is in the corpus breaks no law', async () => {
    const target = targetNamed(name)
    const broken: string[] = []
    for (const { name: file, bytes } of corpusOf(name))
      for (let round = 1; round <= 5; round += 1)
        try {
          await target.check(bytes, chance(round))
        } catch (thrown) {
          broken.push(`${file}: ${String(thrown)}`)
        }
    expect(broken).toEqual([])
  })

  it('of random making breaks no law', { timeout: seconds * 1000 + 20_000 }, async () => {
    const figures = await fuzz({ target: targetNamed(name), seconds, dice: chance(seed), coverage })
    told.push(figures)
    if (figures.findings.length > 0 && asked !== undefined) keep(figures)
    expect(figures.findings.map(({ why }) => why)).toEqual([])
    expect(figures.executions).toBeGreaterThan(0)
  })
})
