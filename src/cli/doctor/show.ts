// Findings for a person: what is well in one line for each area, what is not with why and how.

import type { Output } from '../output.js'
import { cut, plain, wrapped } from '../table.js'
import type { Finding, Level } from './finding.js'

const AREA_WIDTH = 13
const INDENT = ' '.repeat(AREA_WIDTH + 2)

const SIGNS: Record<Level, string> = { pass: '✓', skipped: '·', note: 'i', warning: '!', problem: '✗' }

function paintOf({ style }: Output, level: Level): (text: string) => string {
  if (level === 'problem') return style.bad
  if (level === 'warning') return style.warn
  return level === 'pass' ? style.good : style.dim
}

function areaOf({ check }: Finding): string {
  return check.split('.')[0] ?? check
}

function showOne(out: Output, finding: Finding): void {
  const sign = paintOf(out, finding.level)(SIGNS[finding.level])
  const room = out.width - INDENT.length
  const [first = '', ...rest] = wrapped(plain(finding.what), room)
  out.line(`${sign} ${areaOf(finding).padEnd(AREA_WIDTH)}${first}`)
  for (const line of rest) out.line(INDENT + line)
  if (finding.why !== undefined)
    for (const line of wrapped(finding.why, room)) out.line(INDENT + out.style.dim(line))
  if (finding.fix === undefined) return
  const [start = '', ...more] = wrapped(plain(finding.fix), room - 2)
  out.line(`${INDENT}→ ${out.style.accent(start)}`)
  for (const line of more) out.line(`${INDENT}  ${out.style.accent(line)}`)
}

function showPasses(out: Output, area: string, findings: readonly Finding[]): void {
  const good = findings.filter(({ level }) => level === 'pass').map(({ what }) => what)
  const skipped = findings.filter(({ level }) => level === 'skipped').map(({ what }) => what)
  const words = [...good, ...skipped]
  if (words.length === 0) return
  const level = good.length > 0 ? 'pass' : 'skipped'
  const text = cut(plain(words.join(', ')), out.width - INDENT.length)
  out.line(`${paintOf(out, level)(SIGNS[level])} ${area.padEnd(AREA_WIDTH)}${text}`)
}

export function showFindings(out: Output, findings: readonly Finding[]): void {
  for (const area of new Set(findings.map(areaOf))) {
    const own = findings.filter((finding) => areaOf(finding) === area)
    showPasses(out, area, own)
    for (const finding of own)
      if (finding.level !== 'pass' && finding.level !== 'skipped') showOne(out, finding)
  }
}
