// `protocol=url`: the endpoints of a new channel.

import { HubError } from '../../../base/errors.js'
import { nearest } from '../../../base/nearest.js'
import { endpointUrl } from '../../../config/endpoints.js'
import type { Preset } from '../../../config/presets.js'
import { PROTOCOLS } from '../../../config/schema.js'
import type { Cli } from '../../cli.js'
import { pickOne } from '../../pick.js'
import { ask } from '../../prompt.js'

const TITLES: Readonly<Record<string, string>> = {
  'openai-chat': 'OpenAI Chat Completions (most servers)',
  'openai-responses': 'OpenAI Responses',
  'anthropic-messages': 'Anthropic Messages',
  gemini: 'Google Gemini',
}

function checkedUrl(url: string): string {
  if (endpointUrl.safeParse(url).success) return url
  throw new HubError('usage', `"${url}" is no base URL.`, {
    hint: 'It begins with https:// (or http:// on your own network) and has no user name in it.',
  })
}

/** Throws HubError `usage` for what is not `protocol=url`. */
export function readEndpoints(given: readonly string[]): Record<string, string> {
  const endpoints: Record<string, string> = {}
  for (const text of given) {
    const at = text.indexOf('=')
    const protocol = text.slice(0, Math.max(0, at))
    if (!PROTOCOLS.some((known) => known === protocol)) {
      const [close] = nearest(protocol, PROTOCOLS)
      throw new HubError('usage', `"${text}" does not begin with a protocol and "=".`, {
        hint: `Protocols: ${PROTOCOLS.join(', ')}${close === undefined ? '' : ` (did you mean ${close}?)`}.`,
      })
    }
    endpoints[protocol] = checkedUrl(text.slice(at + 1).trim())
  }
  return endpoints
}

export async function askEndpoint(cli: Cli, preset: Preset | undefined): Promise<Record<string, string>> {
  const protocol = await pickOne(
    cli,
    'Which protocol does it speak',
    PROTOCOLS.map((name) => ({ name, title: TITLES[name] ?? name })),
  )
  const form = preset?.endpoint_form ?? 'http://127.0.0.1:11434/v1'
  return { [protocol]: checkedUrl(await ask(cli, `Base URL (for example ${form}): `)) }
}
