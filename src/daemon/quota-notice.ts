// A crossing in the words of the control API, the log and the hook. Pure.

import { waitText } from '../base/wait-text.js'
import type { QuotaNotice } from '../control/quota-notice.js'
import type { Meter } from '../quota/meter.js'
import type { Notice } from '../quota/notices.js'
import { isPast, leftPercent } from '../quota/standing.js'
import { windowLabel } from '../quota/window.js'

function subject({ id, kind, scope }: Meter): string {
  if (id === 'limit') return 'the plan'
  const own = scope === undefined || !id.startsWith(`${scope}/`) ? id : id.slice(scope.length + 1)
  const what = kind === 'window' ? `window ${own}` : own.replace('/', ' ')
  return scope === undefined || scope === own ? what : `${what} of ${scope}`
}

function sentenceOf({ crossing, at, account, meter }: Notice): string {
  const who =
    account.plan === undefined
      ? account.channels.join(', ')
      : `${account.channels.join(', ')} (${account.plan})`
  const what = `${who}: ${subject(meter)}`
  const wait =
    meter.resetsAt === undefined || meter.resetsAt <= at ? undefined : waitText(meter.resetsAt - at)
  const until = crossing === 'warning' ? 'resets' : 'free again'
  const reset = wait === undefined ? '' : `, ${until} in ${wait}`
  const used = meter.usedPercent === undefined ? 'nearly all' : `${Math.floor(meter.usedPercent)} %`
  switch (crossing) {
    case 'warning':
      return `${what}: ${used} used${reset}.`
    case 'exhausted':
      return `${what} is used up${reset}.`
    case 'recovered':
      return `${what} is free again.`
  }
}

const iso = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString())

export function noticeOf(notice: Notice): QuotaNotice {
  const { crossing, at, account, meter } = notice
  const left = leftPercent(meter, at)
  return {
    type: 'quota-notice',
    crossing,
    at: new Date(at).toISOString(),
    channel: account.channel,
    channels: [...account.channels],
    account: account.account,
    plan: account.plan ?? null,
    name: meter.id,
    scope: meter.scope ?? null,
    window: meter.windowSeconds === undefined ? null : windowLabel(meter.windowSeconds),
    usedPercent: left === undefined ? null : Math.round((100 - left) * 10) / 10,
    left: meter.left ?? null,
    unit: meter.unit ?? null,
    resetsAt: isPast(meter, at) ? null : iso(meter.resetsAt),
    text: sentenceOf(notice),
  }
}
