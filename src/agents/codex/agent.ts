// Codex CLI as an agent of the hub.
import type { Agent } from '../agent.js'
import { detectCodex } from './detect.js'
import { planCodex } from './plan.js'
import { PROVIDER_ID } from './provider.js'
import { runCodex } from './run.js'

export const codex: Agent = {
  id: 'codex',
  title: 'Codex CLI',
  detect: detectCodex,
  planInit: planCodex,
  run: runCodex,
  undoNotes: [
    `Codex files its sessions under the provider ${PROVIDER_ID}: \`axonhub run codex -- resume\` lists and continues them.`,
  ],
}
