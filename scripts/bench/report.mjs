// The figures as text: one block for each scenario, one line for each target, the ratio to the bare pipe behind each figure.

const COLUMNS = {
  stream: ['cpuPer1000', 'perSecond', 'eventsPerSecond', 'firstByteP50', 'firstByteP99', 'peakMb'],
  json: ['cpuPer1000', 'perSecond', 'firstByteP50', 'firstByteP99', 'peakMb'],
  paced: ['cpuPer1000', 'delayP50', 'delayP99', 'loopP99', 'peakMb'],
}

const WORDS = {
  cpuPer1000: 'CPU ms/1000',
  perSecond: 'answers/s',
  eventsPerSecond: 'events/s',
  firstByteP50: 'first byte p50 ms',
  firstByteP99: 'p99 ms',
  delayP50: 'event delay p50 ms',
  delayP99: 'p99 ms',
  loopP99: 'loop delay p99 ms',
  peakMb: 'peak MB',
}

const NAMES = { direct: 'upstream', pipe: 'bare pipe', off: 'hub, off', full: 'hub, full' }
const WIDTH = 20

function number(value) {
  if (value >= 100) return value.toFixed(0)
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

function cell(name, column, told, base) {
  const value = told[column]
  if (value === undefined || value === 0) return ''
  const ratio =
    name === 'direct' || name === 'pipe' || !base?.[column] ? '' : ` (×${number(value / base[column])})`
  return number(value) + ratio
}

/** The lines of one scenario. `figures`: by target. */
export function scenarioLines(scenario, figures) {
  const columns = COLUMNS[scenario.paceMs > 0 ? 'paced' : scenario.kind]
  const head = `${scenario.name.padEnd(28)}${columns.map((column) => WORDS[column].padStart(WIDTH)).join('')}`
  const lines = Object.entries(figures).map(([name, told]) => {
    const cells = columns.map((column) => cell(name, column, told, figures.pipe).padStart(WIDTH))
    const wrong = told.wrong > 0 ? `  ${told.wrong} WRONG` : ''
    return `  ${(NAMES[name] ?? name).padEnd(26)}${cells.join('')}${wrong}`
  })
  return [head, ...lines, '']
}

/** The lines of a table of named rows with equal columns. */
export function tableLines(title, rows) {
  const columns = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))]
  const head = `${title.padEnd(44)}${columns.map((column) => column.padStart(16)).join('')}`
  const lines = rows.map(
    ({ name, figures }) =>
      `  ${name.padEnd(42)}${columns
        .map((column) => (figures[column] === undefined ? '' : number(figures[column])).padStart(16))
        .join('')}`,
  )
  return [head, ...lines, '']
}

const MARKS = { met: 'ok  ', near: 'near', missed: 'MISS' }

/** The lines of the budget. */
export function budgetLines(judgements) {
  return judgements.map(
    ({ about, where, value, kind, bound, verdict }) =>
      `${MARKS[verdict]} ${about} — ${where}: ${number(value)}, ${kind === 'most' ? 'at most' : 'at least'} ${bound}`,
  )
}
