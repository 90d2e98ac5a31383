// `axonhub channel test`: real questions to each channel, as an agent asks them, and the card that they make.

import { HubError } from '../../../base/errors.js'
import type { Channel } from '../../../config/channels.js'
import type { ChannelTestReply, ChannelTestRequest } from '../../../control/api.js'
import { cardLines } from '../../card-view.js'
import {
  channels,
  channelToAsk,
  type Embedded,
  embeddedChannels,
  isEmbedded,
  testChannel,
} from '../../channels.js'
import type { Cli } from '../../cli.js'
import { EXIT } from '../../exit-codes.js'
import { plain } from '../../table.js'

const CLEAR_LINE = '\r\u001b[K'

export type TestOptions = {
  readonly as?: 'codex' | 'claude'
  readonly model?: string
  readonly json?: boolean
}

export function showTest({ out }: Cli, reply: ChannelTestReply): void {
  if (reply.note !== null)
    out.line(`${out.style.dim('–')} ${out.style.bold(reply.channel)}: ${plain(reply.note)}`)
  for (const card of reply.cards) for (const line of cardLines(card, out.style, out.width)) out.line(line)
}

/** On a terminal the seconds are counted while a channel is asked; elsewhere one line says what happens. */
function tellWaiting({ deps, out }: Cli, name: string): () => void {
  const words = `Asking ${name} about a dozen questions …`
  if (deps.stderr.isTTY !== true || deps.env['TERM'] === 'dumb') {
    out.note(words)
    return () => undefined
  }
  const startedAt = deps.clock.monotonic()
  const show = () => {
    const seconds = Math.round((deps.clock.monotonic() - startedAt) / 1000)
    deps.stderr.write(`${CLEAR_LINE}${words} ${seconds} s`)
  }
  show()
  const timer = setInterval(show, 1000)
  return () => {
    clearInterval(timer)
    deps.stderr.write(CLEAR_LINE)
  }
}

/** Ctrl-C ends the test, here and in the hub. */
async function tested(
  cli: Cli,
  channel: Channel | Embedded,
  request: ChannelTestRequest,
): Promise<ChannelTestReply> {
  const controller = new AbortController()
  const stop = cli.deps.onSignal('SIGINT', () => {
    controller.abort(new HubError('canceled', 'The test was ended; no card was kept.'))
  })
  try {
    return await testChannel(cli, channel, request, controller.signal)
  } catch (thrown) {
    controller.signal.throwIfAborted()
    throw thrown
  } finally {
    stop()
  }
}

export async function testChannels(cli: Cli, name: string | undefined, options: TestOptions): Promise<void> {
  const { out } = cli
  const { as, model, json } = options
  const chosen =
    name === undefined
      ? [...channels(cli).filter((channel) => channel.enabled), ...(await embeddedChannels(cli))]
      : [await channelToAsk(cli, name)]
  if (chosen.length === 0) {
    throw new HubError('no-channel', 'There is no channel to test.', {
      hint: 'Add one with "axonhub channel add".',
    })
  }
  const request: ChannelTestRequest = {
    ...(as === undefined ? {} : { as }),
    ...(model === undefined ? {} : { model }),
  }
  const replies: ChannelTestReply[] = []
  for (const channel of chosen) {
    const isQuiet = json === true || (!isEmbedded(channel) && channel.credential.type === 'client')
    const told = isQuiet ? () => undefined : tellWaiting(cli, channel.name)
    const reply = await tested(cli, channel, request).finally(told)
    replies.push(reply)
    if (json !== true) showTest(cli, reply)
  }
  if (json === true) out.json(replies)
  if (replies.some((reply) => !reply.ok)) cli.exit(EXIT.failed)
}
