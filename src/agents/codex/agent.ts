// Codex CLI as an agent of the hub.
import type { Agent } from '../agent.js'
import { detectCodex } from './detect.js'
import { planCodex } from './plan.js'
import { PROVIDER_ID } from './provider.js'
import { runCodex } from './run.js'

/** The provider under the id that sessions are filed under, leading elsewhere; for Codex's `-c`. */
function ownProvider(baseUrl: string, credential: string): string {
  return `model_providers.${PROVIDER_ID}={name="without the hub",base_url="${baseUrl}",wire_api="responses",${credential}}`
}

export const codex: Agent = {
  id: 'codex',
  title: 'Codex CLI',
  detect: detectCodex,
  planInit: planCodex,
  run: runCodex,
  undoNotes: [
    `Sessions that Codex began through the hub are filed under the provider ${PROVIDER_ID}. Now that it is gone, \`codex resume --last\` begins a new session, and \`codex resume ID\` refuses.`,
    'To go on with one through the hub:',
    '  axonhub run codex -- resume',
    'Without the hub, with an API key of OpenAI:',
    `  codex -c model_provider=${PROVIDER_ID} -c '${ownProvider('https://api.openai.com/v1', 'env_key="OPENAI_API_KEY"')}' resume`,
    'Without the hub, with a ChatGPT login:',
    `  codex -c model_provider=${PROVIDER_ID} -c '${ownProvider('https://chatgpt.com/backend-api/codex', 'requires_openai_auth=true')}' resume`,
  ],
}
