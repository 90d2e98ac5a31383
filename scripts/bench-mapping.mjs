// How long a name takes to find its mapping among ten thousand; exit code 1 above 50 µs.
//   npm run bench:mapping

import { compileMappings, resolveModel } from '../build/routing/rules.js'

const COUNT = 10_000
const LIMIT_US = 50
const SHAPES = ['model-%', 'vendor-%/.*', 'family-%-(a|b)-.*', 'team-%-[a-z]+']
const mappings = Array.from({ length: COUNT }, (_, index) => ({
  from: SHAPES[index % SHAPES.length].replace('%', String(index)),
  to: `target-${index}`,
  ...(index % 5 === 0 ? { when: { input_tokens_over: 1000, thinking: true } } : {}),
}))
const facts = {
  agent: 'codex',
  inputTokens: 2000,
  hasImages: false,
  thinking: true,
  background: false,
  subagent: false,
  webSearch: false,
  quotaLeft: () => undefined,
}
const names = Array.from({ length: COUNT }, (_, index) => {
  const shape = SHAPES[index % SHAPES.length]
  const known = shape
    .replace('%', String(index))
    .replace('.*', 'm')
    .replace('(a|b)', 'a')
    .replace('[a-z]+', 'x')
  return index % 10 === 9 ? `nobody-${index}` : known
})

const compiling = performance.now()
const compiled = compileMappings(mappings)
const compiledMs = performance.now() - compiling
for (const name of names) resolveModel(compiled, name, facts)

const rounds = Array.from({ length: 5 }, () => {
  const start = performance.now()
  for (const name of names) resolveModel(compiled, name, facts)
  return ((performance.now() - start) * 1000) / names.length
})
const best = Math.min(...rounds)
const worst = Math.max(...rounds)
process.stdout.write(
  `${COUNT} mappings: compiled in ${compiledMs.toFixed(0)} ms; one name in ${best.toFixed(1)} µs (worst round ${worst.toFixed(1)} µs)\n`,
)
process.exit(worst < LIMIT_US ? 0 : 1)
