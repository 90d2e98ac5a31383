// `npm run bench`: what the hub costs beside a bare Node pipe, and how that grows. See docs/performance.md.

import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { judged, wrongAnswers } from './check.mjs'
import { measureStarts } from './commands.mjs'
import { GROWTH, measureGrowth } from './grow.mjs'
import { measure } from './measure.mjs'
import { helper, isPinned, LOAD_CORE, memoryMb, sleep } from './processes.mjs'
import { budgetLines, scenarioLines, tableLines } from './report.mjs'
import { QUICK, SCENARIOS } from './scenarios.mjs'
import { figureLine, STORE_HEAD, storeFigures } from './store-figures.mjs'
import { OWN_BIN, openTargets } from './targets.mjs'

const IDLE_MS = 45_000

const USAGE = `usage: npm run bench -- [options]

  --quick          one scenario of each kind, in less than a minute on a quiet machine
  --check          exit code 1 when a figure of budget.json is missed by more than 20 %
  --only NAMES     scenarios or groups with commas: agent, big, small, streams, paced, slow, starts, grow, store
                   (grow-streams, grow-turns, grow-channels, grow-mappings, grow-keys, grow-database)
  --rounds N       how often each scenario is measured (5; 2 with --quick); the median is told
  --capture MODE   only this hub: off or full
  --json FILE      the figures as JSON as well; "-" for the standard output
  --database-gb N  how large the database of grow-database gets (5)
  --database FILE  where that database is kept for the next time; made when it is not there
  --bin FILE       the program of another build
  --node-args=…    options for the daemon's Node, such as --cpu-prof
`

function readFlags() {
  try {
    return parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        check: { type: 'boolean', default: false },
        only: { type: 'string' },
        rounds: { type: 'string' },
        capture: { type: 'string' },
        json: { type: 'string' },
        bin: { type: 'string', default: OWN_BIN },
        'database-gb': { type: 'string', default: '5' },
        database: { type: 'string' },
        'node-args': { type: 'string', default: '' },
      },
    }).values
  } catch (thrown) {
    process.stderr.write(`${thrown.message}\n${USAGE}`)
    process.exit(2)
  }
}

const flags = readFlags()
const wanted = flags.only?.split(',').map((word) => word.trim())
const isWanted = (...names) =>
  wanted === undefined ? !flags.quick : names.some((name) => wanted.includes(name))
const say = (lines) => {
  const stream = flags.json === '-' ? process.stderr : process.stdout
  for (const line of lines) stream.write(`${line}\n`)
}

function chosen() {
  if (wanted !== undefined) return SCENARIOS.filter(({ name, group }) => isWanted(name, group))
  return flags.quick ? SCENARIOS.filter(({ name }) => QUICK.includes(name)) : SCENARIOS
}

async function load(upstream, client, scenarios) {
  const isWhole = scenarios.length === SCENARIOS.length
  const targets = await openTargets({
    bin: flags.bin,
    upstream,
    nodeArgs: flags['node-args'].split(' ').filter((word) => word !== ''),
    only: flags.capture,
  })
  const figures = {}
  try {
    const rounds = Number(flags.rounds ?? (flags.quick ? 2 : 5))
    for (const scenario of scenarios) {
      // A relay costs little and needs its whole warm-up; what a conversion needs takes longer than a minute has.
      const [share, warmShare] = flags.quick ? [0.4, 0.25] : [1, 1]
      figures[scenario.name] = await measure(scenario, {
        targets,
        upstream,
        client,
        rounds,
        share,
        warmShare,
        brief: flags.quick,
      })
      say(scenarioLines(scenario, figures[scenario.name]))
    }
    const full = targets.find(({ name }) => name === 'full')
    // Idle for a while, as a daemon mostly is: V8 gives back what it no longer needs.
    if (isWhole) await sleep(IDLE_MS)
    return { figures, afterMb: full === undefined ? undefined : memoryMb(full.pid).now }
  } finally {
    for (const target of targets.toReversed()) await target.stop()
  }
}

function machine() {
  const [cpu] = cpus()
  return {
    date: new Date().toISOString(),
    node: process.version,
    cpu: cpu?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    pinned: isPinned(),
  }
}

const told = { machine: machine(), scenarios: {}, daemon: {}, starts: [], grow: [], store: [] }
const upstream = await helper('upstream.mjs', LOAD_CORE)
const client = await helper('client.mjs', LOAD_CORE)
try {
  const { cpu, cores, node, system, date, pinned } = told.machine
  say([`${date} · ${cpu}, ${cores} cores · ${system} · Node ${node}${pinned ? ' · pinned' : ''}`, ''])
  if (flags.quick || isWanted('starts')) {
    const runs = flags.quick ? 3 : 15
    const { rows, daemon } = await measureStarts({
      bin: flags.bin,
      upstream,
      runs,
      starts: flags.quick ? 1 : 5,
    })
    Object.assign(told.daemon, daemon)
    told.starts = rows
    say(tableLines('start', rows))
  }
  const scenarios = chosen()
  if (scenarios.length > 0) {
    const { figures, afterMb } = await load(upstream, client, scenarios)
    told.scenarios = figures
    if (afterMb !== undefined && scenarios.length === SCENARIOS.length) told.daemon.afterMb = afterMb
  }
  const grown = Object.keys(GROWTH).filter((name) => isWanted('grow', name))
  if (grown.length > 0) {
    const databaseGb = Number(flags['database-gb'])
    const tools = { bin: flags.bin, upstream, client, databaseGb, database: flags.database }
    for await (const table of measureGrowth(grown, tools)) {
      told.grow.push(table)
      say(tableLines(table.title, table.rows))
    }
  }
  if (isWanted('store')) {
    say([STORE_HEAD])
    for await (const row of storeFigures({ quick: flags.quick })) {
      told.store.push(row)
      say([figureLine(row)])
    }
  }
} finally {
  await client.stop()
  await upstream.stop()
}

const wrong = wrongAnswers(told.scenarios)
const budget = JSON.parse(readFileSync(new URL('budget.json', import.meta.url), 'utf8'))
told.budget = judged(budget, told)
say([...budgetLines(told.budget), ...wrong])
if (flags.json === '-') process.stdout.write(`${JSON.stringify(told, null, 2)}\n`)
else if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(told, null, 2)}\n`)
const isMissed =
  told.budget.some(({ verdict }) => verdict === 'missed') || told.store.some(({ met }) => met === false)
process.exitCode = wrong.length > 0 || (flags.check && isMissed) ? 1 : 0
