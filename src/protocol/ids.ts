// The wire protocols the hub speaks.

export type ProtocolId = 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini'
