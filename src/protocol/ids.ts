// The wire protocols the hub speaks. `gemini` has its place in the registry but no codec yet.

export type ProtocolId = 'openai-chat' | 'openai-responses' | 'anthropic-messages'
