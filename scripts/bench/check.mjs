// Holds the figures of a run against budget.json: which ratio to the bare pipe, or which figure of the daemon, is missed, and by
// how much. Within the slack a miss is told, and does not fail the run.

/** One line for each entry of the budget that the run has measured: `{ about, where, value, bound, verdict }`. */
export function judged(budget, { scenarios, daemon }) {
  return [...ratios(budget, scenarios), ...limits(budget, daemon)]
}

function ratios({ ratios: entries, slack }, scenarios) {
  return entries.flatMap((entry) =>
    Object.entries(scenarios)
      .filter(([name]) => new RegExp(entry.scenarios).test(name))
      .flatMap(([name, figures]) =>
        Object.entries(entry.most ?? entry.least)
          .filter(([target]) => figures[target] !== undefined && figures.pipe?.[entry.figure] > 0)
          .map(([target, bound]) => {
            const value = figures[target][entry.figure] / figures.pipe[entry.figure]
            const kind = entry.most === undefined ? 'least' : 'most'
            return line(`${entry.about}`, `${name}, capture ${target}`, value, { kind, bound, slack })
          }),
      ),
  )
}

function limits({ limits: entries, slack }, daemon) {
  return entries
    .filter(({ figure }) => daemon[figure] !== undefined)
    .map(({ about, figure, most }) =>
      line(about, 'daemon', daemon[figure], { kind: 'most', bound: most, slack }),
    )
}

function line(about, where, value, { kind, bound, slack }) {
  const isMet = kind === 'most' ? value <= bound : value >= bound
  const isNear = kind === 'most' ? value <= bound * (1 + slack) : value >= bound / (1 + slack)
  return { about, where, value, kind, bound, verdict: isMet ? 'met' : isNear ? 'near' : 'missed' }
}

/** The answers that were wrong: none may be, whatever the figures say. */
export function wrongAnswers(scenarios) {
  return Object.entries(scenarios).flatMap(([name, figures]) =>
    Object.entries(figures)
      .filter(([, { wrong }]) => wrong > 0)
      .map(
        ([target, { wrong, sample }]) => `${name}, ${target}: ${wrong} wrong answers, the first: ${sample}`,
      ),
  )
}
