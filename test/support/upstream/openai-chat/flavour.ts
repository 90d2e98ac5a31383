// How vendors of the chat protocol differ in what they refuse, as data.
// Sources: the vendors' API references and compatibility pages (2026-11).

export type ChatFlavour = {
  readonly name: 'openai' | 'deepseek' | 'plain'
  readonly developerRole: boolean
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens' | 'either'
  readonly jsonSchema: boolean
  readonly strictTools: boolean
  readonly customTools: boolean
  /** Whether answers carry `reasoning_content`; `told`: tool loops go better with it, `must-return`: refused without. */
  readonly reasoning: 'hidden' | 'told' | 'must-return'
  readonly sampling: boolean
  readonly efforts: readonly string[]
  readonly extraFields: readonly string[]
}

export const OPENAI_FLAVOUR: ChatFlavour = {
  name: 'openai',
  developerRole: true,
  maxTokensField: 'max_completion_tokens',
  jsonSchema: true,
  strictTools: true,
  customTools: true,
  reasoning: 'hidden',
  sampling: false,
  efforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'],
  extraFields: [
    'store',
    'metadata',
    'prompt_cache_key',
    'prompt_cache_retention',
    'safety_identifier',
    'verbosity',
    'prediction',
    'modalities',
    'audio',
    'web_search_options',
  ],
}

export const DEEPSEEK_FLAVOUR: ChatFlavour = {
  name: 'deepseek',
  developerRole: false,
  maxTokensField: 'max_tokens',
  jsonSchema: false,
  strictTools: true,
  customTools: false,
  reasoning: 'must-return',
  sampling: true,
  efforts: ['low', 'high', 'max'],
  extraFields: ['thinking'],
}

/** A vendor of whom nothing is known: the least that all accept. */
export const PLAIN_FLAVOUR: ChatFlavour = {
  name: 'plain',
  developerRole: false,
  maxTokensField: 'either',
  jsonSchema: true,
  strictTools: false,
  customTools: false,
  reasoning: 'told',
  sampling: true,
  efforts: ['low', 'medium', 'high'],
  extraFields: [],
}
