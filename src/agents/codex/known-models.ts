// What Codex itself knows of OpenAI's models (0.169.0, `codex debug models --bundled`); for the case that such a
// model is served by somebody else, where Codex's own entry would choose tools that only OpenAI answers.

export type KnownModel = {
  readonly displayName: string
  /** Tokens that Codex uses at first, and those that the model can take. */
  readonly contextWindow: number
  readonly maxContextWindow: number
  readonly efforts: readonly string[]
  readonly defaultEffort: string
}

const TO_XHIGH = ['low', 'medium', 'high', 'xhigh']
const TO_MAX = [...TO_XHIGH, 'max']

function known(displayName: string, defaultEffort: string, changes: Partial<KnownModel> = {}): KnownModel {
  return {
    displayName,
    contextWindow: 272_000,
    maxContextWindow: 872_000,
    efforts: TO_MAX,
    defaultEffort,
    ...changes,
  }
}

export const KNOWN_MODELS: Readonly<Record<string, KnownModel>> = {
  'gpt-6-astra': known('GPT-6-Astra', 'low'),
  'gpt-6.1-sol': known('GPT-6.1-Sol', 'low'),
  'gpt-6.1-terra': known('GPT-6.1-Terra', 'low', { contextWindow: 500_000 }),
  'gpt-6-sol': known('GPT-6-Sol', 'medium'),
  'gpt-6-luna': known('GPT-6-Luna', 'medium'),
  'gpt-5.6-sol': known('GPT-5.6-Sol', 'low'),
  'gpt-5.6-terra': known('GPT-5.6-Terra', 'medium'),
  'gpt-5.6-luna': known('GPT-5.6-Luna', 'medium'),
  'gpt-5.5': known('GPT-5.5', 'medium', { maxContextWindow: 272_000, efforts: TO_XHIGH }),
}
