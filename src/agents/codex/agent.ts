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
    `Sessions that Codex started through the hub belong to the provider ${PROVIDER_ID}: \`axonhub run codex -- resume\` lists and continues them. Without the hub they need a [model_providers.${PROVIDER_ID}] with any other base_url.`,
  ],
}
