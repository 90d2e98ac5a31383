// `axonhub doctor`: looks at everything that could keep the hub from working, and says what mends it. `--security` attacks
// the running hub. Exit 0 when nothing is to be mended, 1 when something is.

import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { runChecks } from '../doctor/checks.js'
import { type Finding, isBad } from '../doctor/finding.js'
import { showFindings } from '../doctor/show.js'
import { readSubject } from '../doctor/subject.js'
import { EXIT } from '../exit-codes.js'
import { examples } from '../help.js'
import { many, shortPath } from '../words.js'

type Options = {
  readonly fix?: boolean
  readonly security?: boolean
  readonly quick?: boolean
  readonly json?: boolean
}

function asJson({ check, level, what, why, fix, mend }: Finding): object {
  return { check, level, what, why: why ?? null, fix: fix ?? null, fixable: mend !== undefined }
}

/** Mends what can be mended without asking; resolves to what was done. */
async function mendAll(findings: readonly Finding[]): Promise<string[]> {
  const done: string[] = []
  for (const { mend } of findings) if (mend !== undefined) done.push(await mend())
  return done
}

function summary(findings: readonly Finding[]): string {
  const of = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length
  const parts = [`${of('pass')} passed`, many(of('warning'), 'warning'), many(of('problem'), 'problem')]
  return `${parts.join(', ')}.`
}

async function doctor(cli: Cli, options: Options): Promise<void> {
  const { out, deps } = cli
  let findings = await runChecks(await readSubject(cli))
  const mended = options.fix === true ? await mendAll(findings) : []
  if (mended.length > 0) findings = await runChecks(await readSubject(cli))
  if (findings.some(isBad)) cli.exit(EXIT.failed)
  if (options.json === true) {
    return out.json({ ok: !findings.some(isBad), mended, findings: findings.map(asJson) })
  }
  out.line(
    `${out.style.bold('axonhub doctor')} · ${deps.version} · ${shortPath(cli.paths().home, deps.userHome)}`,
  )
  out.line()
  showFindings(out, findings)
  out.line()
  for (const each of mended) out.line(`Mended: ${each}`)
  const mendable = findings.filter(({ mend }) => mend !== undefined).length
  out.line(`${summary(findings)}${mendable > 0 ? ` "axonhub doctor --fix" mends ${mendable} of them.` : ''}`)
}

export function configure(command: Command, cli: Cli): void {
  command
    .option('--fix', 'mend what can be mended without asking (file modes, what a crash left behind)')
    .option('--security', 'attack the running hub, and say what holds')
    .option('--quick', 'with --security: leave out the attacks that wait for half a minute')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        ['axonhub doctor', 'asks no provider anything'],
        ['axonhub doctor --fix', ''],
        ['axonhub doctor --security', 'the hub must run'],
      ),
    )
    .action(async (options: Options) => {
      if (options.security === true) await (await import('../doctor/attack.js')).attackHub(cli, options)
      else await doctor(cli, options)
    })
}
