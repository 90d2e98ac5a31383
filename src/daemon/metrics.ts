// GET /metrics: how the hub stands at this moment, in the words of Prometheus.

import { restsOf } from '../routing/health.js'
import type { Standing } from '../telemetry/metrics.js'
import type { HubParts } from './hub-parts.js'

function quotaRows({ quota }: Pick<HubParts, 'quota'>): Standing['quotas'] {
  return quota.reply().accounts.flatMap(({ channel, account, meters }) =>
    meters.flatMap(({ name, scope, window, usedPercent }) =>
      usedPercent === null
        ? []
        : [
            {
              channel,
              account,
              meter: scope === null ? name : `${name} ${scope}`,
              window: window ?? '',
              usedPercent,
            },
          ],
    ),
  )
}

/** `since`: when the hub began, ms since the epoch. */
export async function metricsText(
  parts: HubParts,
  since: number,
): Promise<{ readonly type: string; readonly text: string }> {
  const { inForce, options, recorder, router, running, telemetry } = parts
  const now = options.clock.now()
  const stats = recorder.stats()
  const models = await recorder.query('usage', { by: 'model', since })
  return telemetry.metrics({
    running: running.counts().running,
    refused: running.counts().refused,
    droppedBodies: stats.bodiesDropped,
    rejectedRecords: stats.rejected,
    queuedBytes: stats.queuedBytes,
    channels: inForce.channels().map(({ name, enabled }) => ({
      name,
      enabled,
      resting: restsOf(router.health(), name, now).length > 0,
    })),
    quotas: quotaRows(parts),
    costs: models.filter(({ cost }) => cost > 0).map(({ key, cost }) => ({ model: key, dollars: cost })),
  })
}
