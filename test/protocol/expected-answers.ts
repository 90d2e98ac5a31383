// What the stream fixtures say. Usage: fresh, cache read, cache written for 5 minutes and for an hour, output,
// reasoning.
import type { ProtocolId } from '../../src/protocol/ids.js'

export type ExpectedAnswer = {
  readonly says: readonly string[]
  readonly finish: string
  readonly usage?: readonly number[]
}

export const expectedAnswers: Readonly<Record<ProtocolId, Readonly<Record<string, ExpectedAnswer>>>> = {
  'openai-chat': {
    everything: {
      says: [
        'summary: The user wants two files 🦜.',
        'text: Čtu soubory 📂 a 日本語.\n',
        'function Read: {"file_path":"/tmp/ž \\"a\\".txt"}',
        'function Bash: {"command":"ls -la","timeout":12345}',
      ],
      finish: 'tool-calls',
      usage: [42, 400, 0, 0, 95, 40],
    },
    length: {
      says: ['text: Once upon a'],
      finish: 'length',
      usage: [5, 0, 0, 0, 3, 0],
    },
    'no-done': {
      says: ['text: Yes.'],
      finish: 'stop',
    },
    'reasoning-details': {
      says: [
        `summary: Let me see. [${JSON.stringify([
          {
            type: 'reasoning.text',
            text: 'Let me see.',
            format: 'anthropic-claude-v1',
            index: 0,
            signature: 'ErUBsigOR==',
          },
          {
            type: 'reasoning.encrypted',
            data: 'gAAAAABencOR',
            id: 'rs_or',
            format: 'openai-responses-v1',
            index: 1,
          },
        ])}]`,
        'function Read: {"file_path":"a"}',
      ],
      finish: 'tool-calls',
      usage: [42, 400, 0, 0, 95, 40],
    },
    refusal: {
      says: ['refusal: I cannot help with that.'],
      finish: 'stop',
      usage: [5, 0, 0, 0, 6, 0],
    },
    'text-crlf': {
      says: ['text: Hello wörld 🌍'],
      finish: 'stop',
      usage: [5, 0, 0, 0, 7, 0],
    },
    'think-tags': {
      says: ['summary: Hm.', 'text: Yes.'],
      finish: 'stop',
      usage: [5, 0, 0, 0, 6, 0],
    },
    'whole-call': {
      says: ['function first: {"a":1}', 'function list_files: {}'],
      finish: 'tool-calls',
      usage: [5, 0, 0, 0, 20, 0],
    },
  },
  'openai-responses': {
    'codex-tools': {
      says: [
        'summary: Patching. [gAAAAABpOther]',
        'custom apply_patch: *** Begin Patch\n*** Add File: ž.txt\n+say "hi" \\o/ 🦜\n*** End Patch\n',
        'function multi_agent_v1/spawn_agent: {"message":"go"}',
      ],
      finish: 'tool-calls',
      usage: [42, 400, 0, 0, 95, 40],
    },
    everything: {
      says: [
        'summary: The user wants two files 🦜. [gAAAAABpEncrypted==]',
        'text: Čtu soubory 📂 a 日本語.\n',
        'function Read: {"file_path":"/tmp/ž \\"a\\".txt"}',
        'function Bash: {"command":"ls -la","timeout":12345}',
      ],
      finish: 'tool-calls',
      usage: [42, 400, 0, 0, 95, 40],
    },
    interleaved: {
      says: ['function first: {"a":1}', 'function second: {"b":2}'],
      finish: 'tool-calls',
      usage: [5, 0, 0, 0, 20, 0],
    },
    length: {
      says: ['text: Once upon a'],
      finish: 'length',
      usage: [5, 0, 0, 0, 3, 0],
    },
    'raw-reasoning': {
      says: ['raw: Hm.', 'text: Yes.'],
      finish: 'stop',
      usage: [11, 0, 0, 0, 4, 0],
    },
    refusal: {
      says: ['refusal: I cannot help with that.'],
      finish: 'stop',
      usage: [5, 0, 0, 0, 6, 0],
    },
    search: {
      says: ['opaque web_search_call', 'search tool_search: {"query":"agents","limit":3}'],
      finish: 'tool-calls',
      usage: [5, 0, 0, 0, 9, 0],
    },
    'text-crlf': {
      says: ['text: Hello wörld 🌍'],
      finish: 'stop',
      usage: [5, 0, 0, 0, 7, 0],
    },
  },
  'anthropic-messages': {
    everything: {
      says: [
        'summary: The user wants two files 🦜. [EqQBCkgIAxABGAIiQL+sig/==]',
        'summary:  [EmwKAhgBEgyRedacted==]',
        'text: Čtu soubory 📂 a 日本語.\n',
        'function Read: {"file_path":"/tmp/ž \\"a\\".txt"}',
        'function Bash: {"command":"ls -la","timeout":12345}',
      ],
      finish: 'tool-calls',
      usage: [12, 400, 10, 20, 95, 0],
    },
    interleaved: {
      says: ['function first: {"a":1}', 'function second: {"b":2}'],
      finish: 'tool-calls',
      usage: [5, 0, 0, 0, 20, 0],
    },
    length: {
      says: ['text: Once upon a'],
      finish: 'length',
      usage: [5, 0, 0, 0, 3, 0],
    },
    'no-arguments': {
      says: ['function list_files: {}'],
      finish: 'tool-calls',
      usage: [5, 0, 0, 0, 9, 0],
    },
    refusal: {
      says: ['text: I cannot help with that.'],
      finish: 'filter',
      usage: [5, 0, 0, 0, 6, 0],
    },
    'server-tool': {
      says: ['opaque server_tool_use', 'opaque web_search_tool_result', 'text: Parrots can talk.'],
      finish: 'stop',
      usage: [50, 0, 0, 0, 14, 0],
    },
    'text-crlf': {
      says: ['text: Hello wörld 🌍'],
      finish: 'stop',
      usage: [5, 0, 0, 0, 7, 0],
    },
    'unsigned-thinking': {
      says: ['summary: Hm.', 'text: Yes.'],
      finish: 'stop',
      usage: [11, 0, 0, 0, 4, 0],
    },
  },
  gemini: {
    code: {
      says: ['opaque ', 'opaque ', 'text: It is 42.'],
      finish: 'stop',
      usage: [5, 0, 0, 0, 9, 0],
    },
    everything: {
      says: [
        'text: Čtu soubory 📂 a 日本語.\n',
        'summary: The user wants two files 🦜. [call:CikBjzGemSig==]',
        'function Read: {"file_path":"/tmp/ž \\"a\\".txt"}',
        'function Bash: {"command":"ls -la","timeout":12345}',
      ],
      finish: 'tool-calls',
      usage: [42, 400, 0, 0, 95, 40],
    },
    grounded: {
      says: ['text: Parrots can talk.'],
      finish: 'stop',
      usage: [50, 0, 0, 0, 9, 0],
    },
    length: {
      says: ['text: Once upon a'],
      finish: 'length',
      usage: [5, 0, 0, 0, 3, 0],
    },
    'no-ids': {
      says: ['function first: {"a":1}', 'function list_files: {}'],
      finish: 'tool-calls',
      usage: [5, 0, 0, 0, 20, 0],
    },
    refusal: {
      says: ['text: I cannot help with that.'],
      finish: 'filter',
      usage: [5, 0, 0, 0, 6, 0],
    },
    'signed-text': {
      says: ['text: Yes.'],
      finish: 'stop',
      usage: [11, 0, 0, 0, 9, 7],
    },
    'text-crlf': {
      says: ['text: Hello wörld 🌍'],
      finish: 'stop',
      usage: [5, 0, 0, 0, 7, 0],
    },
  },
}
