// `axonhub channel test`: a real question to each endpoint.

import { HubError } from '../../../base/errors.js'
import type { ChannelTestReply } from '../../../control/api.js'
import { channelNamed, channels, testChannel } from '../../channels.js'
import type { Cli } from '../../cli.js'
import { EXIT } from '../../exit-codes.js'
import { plain } from '../../table.js'
import { duration } from '../../words.js'

export function showTest({ out }: Cli, reply: ChannelTestReply): void {
  out.line(`${reply.ok ? out.style.good('✓') : out.style.bad('✗')} ${out.style.bold(reply.channel)}`)
  for (const { name, ok, detail, durationMs } of reply.checks) {
    const mark = ok ? out.style.good('✓') : out.style.bad('✗')
    const took = durationMs === 0 ? '' : out.style.dim(` (${duration(durationMs)})`)
    out.line(`  ${mark} ${name}: ${plain(detail)}${took}`)
  }
}

export async function testChannels(cli: Cli, name: string | undefined, json: boolean): Promise<void> {
  const chosen =
    name === undefined ? channels(cli).filter((channel) => channel.enabled) : [channelNamed(cli, name)]
  if (chosen.length === 0) {
    throw new HubError('no-channel', 'There is no channel to test.', {
      hint: 'Add one with "axonhub channel add".',
    })
  }
  const replies: ChannelTestReply[] = []
  for (const channel of chosen) {
    const reply = await testChannel(cli, channel)
    replies.push(reply)
    if (!json) showTest(cli, reply)
  }
  if (json) cli.out.json(replies)
  if (replies.some((reply) => !reply.ok)) cli.exit(EXIT.failed)
}
