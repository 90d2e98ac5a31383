// `axonhub trace export`: a conversation for somebody else's eyes.

import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { HubError } from '../../../base/errors.js'
import { type Bundle, bundleOf } from '../../../export/bundle.js'
import { har } from '../../../export/har.js'
import { htmlPage } from '../../../export/html.js'
import { jsonLines } from '../../../export/jsonl.js'
import { redactor } from '../../../export/redact.js'
import type { Cli } from '../../cli.js'
import { withTraces } from '../../traces.js'
import { bytes, many } from '../../words.js'

type Options = { readonly format: 'html' | 'har' | 'jsonl'; readonly output?: string }

/** Where the agents' requests went, for programs that want whole addresses; the real port tells nobody anything. */
const HUB = 'http://127.0.0.1:8090'

function written(bundle: Bundle, format: Options['format'], version: string): string {
  switch (format) {
    case 'html':
      return htmlPage(bundle, version)
    case 'har':
      return har(bundle, HUB, version)
    case 'jsonl':
      return [...jsonLines(bundle)].join('')
  }
}

/** Throws HubError `not-found`, or `refused` when a secret would be left in what is written. */
export async function exportTrace(cli: Cli, id: string, { format, output }: Options): Promise<void> {
  const { out, deps } = cli
  const redact = redactor(deps.userHome)
  const bundle = await withTraces(cli, async (reader) =>
    bundleOf(await reader.showTrace(id), (question) => reader.body(question), redact),
  )
  const text = written(bundle, format, deps.version)
  if (redact(text) !== text) {
    throw new HubError(
      'refused',
      'The export was not written: after redaction it still looks as if it held a secret.',
      {
        hint: 'Try another format; `axonhub trace show` shows the conversation here.',
      },
    )
  }
  if (output === undefined) return out.raw(text)
  const path = resolve(deps.cwd, output)
  // Redacted or not, a conversation is nobody else's business on this machine.
  writeFileSync(path, text, { mode: 0o600 })
  out.line(`Wrote ${path}: ${many(bundle.trace.requests, 'request')}, ${bytes(Buffer.byteLength(text))}.`)
  out.note('Secrets that are known by their form were removed. Read it before you give it away.')
}
