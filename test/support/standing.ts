import type { Standing } from '../../src/telemetry/metrics.js'

/** Of a hub that has nothing to tell yet. */
export const NOTHING: Standing = {
  refused: 0,
  running: 0,
  droppedBodies: 0,
  rejectedRecords: 0,
  queuedBytes: 0,
  channels: [],
  quotas: [],
  costs: [],
  collectorWell: undefined,
}
