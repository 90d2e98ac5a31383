// `axonhub trace export`: a conversation for somebody else's eyes.

import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { HubError } from '../../../base/errors.js'
import { knownSecrets, removeSecrets } from '../../../base/secret-forms.js'
import type { StatusReply } from '../../../control/api.js'
import { type Bundle, bundleOf, type Hide } from '../../../export/bundle.js'
import { har } from '../../../export/har.js'
import { htmlPage } from '../../../export/html.js'
import { jsonLines } from '../../../export/jsonl.js'
import { redactor } from '../../../export/redact.js'
import type { Cli } from '../../cli.js'
import { statusIfRunning, urlOf } from '../../daemon-life.js'
import { hideKnown } from '../../trace-hide.js'
import { withTraces } from '../../traces.js'
import { bytes, many } from '../../words.js'

type Options = { readonly format: 'html' | 'har' | 'jsonl'; readonly output?: string }

/** Where the agents' requests went: the hub that runs, else the address that the configuration gives it. */
async function hubAddress(cli: Cli, status: StatusReply | undefined): Promise<string> {
  if (status !== undefined) return urlOf(status)
  const { loadConfig } = await import('../../../config/load.js')
  const { localHost } = await import('../../../config/kinds.js')
  const { host, port } = loadConfig({ paths: cli.paths(), env: cli.deps.env }).config.server
  return urlOf({ host: localHost(host), port })
}

/** Without a hub to ask, what the configuration and the keychain know; nothing while the file has a mistake. */
async function hideOwn(cli: Cli): Promise<Hide> {
  const [{ loadConfig }, { ownSecrets }] = await Promise.all([
    import('../../../config/load.js'),
    import('../../secrets.js'),
  ])
  const { config } = loadConfig({ paths: cli.paths(), env: cli.deps.env })
  const { keys, channels } = await ownSecrets(cli, config)
  const known = knownSecrets(new Set([...keys, ...channels]))
  return async (text) => removeSecrets(text, known).text
}

type Target = { readonly format: Options['format']; readonly version: string; readonly hub: string }

function written(bundle: Bundle, { format, version, hub }: Target): string {
  switch (format) {
    case 'html':
      return htmlPage(bundle, version)
    case 'har':
      return har(bundle, hub, version)
    case 'jsonl':
      return [...jsonLines(bundle)].join('')
  }
}

/** Redacted or not, a conversation is nobody else's business on this machine. Throws HubError `internal`. */
function save(path: string, text: string): void {
  try {
    writeFileSync(path, text, { mode: 0o600 })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new HubError('internal', `The export could not be written: ${why}.`, {
      hint: 'Name a file in a folder that is there and that you may write to, or leave out --output.',
      cause,
    })
  }
}

/** Throws HubError `not-found`, or `refused` when a secret would be left in what is written. */
export async function exportTrace(cli: Cli, id: string, { format, output }: Options): Promise<void> {
  const { out, deps } = cli
  const redact = redactor(deps.userHome)
  const status = await statusIfRunning(cli)
  const control = await cli.control()
  const hide = status === undefined ? await hideOwn(cli) : (text: string) => hideKnown(control, text)
  const bundle = await withTraces(cli, async (reader) =>
    bundleOf(await reader.showTrace(id), (question) => reader.body(question), redact, hide),
  )
  const text = written(bundle, { format, version: deps.version, hub: await hubAddress(cli, status) })
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
  save(path, text)
  out.line(`Wrote ${path}: ${many(bundle.trace.requests, 'request')}, ${bytes(Buffer.byteLength(text))}.`)
  out.note(
    'Secrets that are known by their form, and the keys of the hub, were removed. Read it before you give it away.',
  )
}
