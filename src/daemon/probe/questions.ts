// The questions of a test, in no protocol. Each is small, asks for one thing, and can be judged without a second model.
// Law: the same question is the same bytes every time, so a test can be compared with the one before. Pure.

import type { IrPart, MediaPart, ToolCallPart } from '../../protocol/ir/part.js'
import type { FunctionTool, IrRequest, IrTurn } from '../../protocol/ir/request.js'
import type { ProbeAgent } from './agent.js'

/** Ceilings, not what is used: models that think before they answer need room to come to an end. */
const SHORT_ANSWER = 2048
const THOUGHTFUL_ANSWER = 8192

/** A model of a channel, asked in the place of an agent. */
type Asker = { readonly agent: ProbeAgent; readonly model: string }

function user(text: string): IrTurn {
  return { role: 'user', parts: [{ type: 'text', text }] }
}

function request(
  { model }: Asker,
  turns: readonly IrTurn[],
  tools: readonly FunctionTool[] = [],
  limit = SHORT_ANSWER,
): IrRequest {
  return {
    model,
    stream: true,
    turns,
    tools,
    ...(tools.length === 0 ? {} : { toolChoice: { type: 'auto' }, parallelToolCalls: true }),
    sampling: { maxOutputTokens: limit },
  }
}

/** Long enough to come in several pieces. */
export function textQuestion(asker: Asker): IrRequest {
  return request(asker, [
    user('Count from one to twenty in words, with blanks between them and nothing else.'),
  ])
}

/** Told at once, for a first word. */
export function wordQuestion(asker: Asker): IrRequest {
  return request(asker, [user('Answer with the one word: ready')])
}

/** Long enough to be hung up on. */
export function longQuestion(asker: Asker): IrRequest {
  return request(asker, [user('Count from 1 to 300, one number on each line, and leave none out.')])
}

/** The arguments are long, so that a provider that streams them shows it. */
export const LONG_COMMAND =
  'echo alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa'

export function toolQuestion(asker: Asker): IrRequest {
  const { tool } = asker.agent.shell
  return request(asker, [user(`Use ${tool.name} once to run exactly this command: ${LONG_COMMAND}`)], [tool])
}

export const PARALLEL_COMMANDS = ['echo first', 'echo second'] as const

export function parallelQuestion(asker: Asker): IrRequest {
  const { tool } = asker.agent.shell
  const [one, other] = PARALLEL_COMMANDS
  const words = `Run these two commands, which do not depend on each other, at the same time with two calls of ${tool.name} in one answer: "${one}" and "${other}".`
  return request(asker, [user(words)], [tool])
}

/** Something to think about, then something to do. */
export function thinkingQuestion(asker: Asker): IrRequest {
  const { agent } = asker
  const words = `Which is larger, 23 times 19 or 21 times 21? Think it through step by step, then run "echo RESULT" with ${agent.shell.tool.name}, where RESULT is the larger product, and afterwards tell me the result.`
  const asked = request(asker, [user(words)], [agent.shell.tool], THOUGHTFUL_ANSWER)
  return { ...asked, reasoning: agent.reasoning }
}

/** The same conversation after the tools have run: what the model said goes back as it came. */
export function withResults(asked: IrRequest, said: readonly IrPart[], result: string): IrRequest {
  const calls = said.filter((part): part is ToolCallPart => part.type === 'tool-call')
  const results: IrPart[] = calls.map((call) => ({
    type: 'tool-result',
    callId: call.id,
    kind: call.kind,
    content: [{ type: 'text', text: result }],
  }))
  return {
    ...asked,
    turns: [...asked.turns, { role: 'assistant', parts: said }, { role: 'tool', parts: results }],
  }
}

/** The two halves of the picture; no model guesses both. */
export const PICTURE_COLOURS = ['yellow', 'blue'] as const

/** 64 × 64 points, the left half yellow and the right half blue. */
const PICTURE: MediaPart = {
  type: 'media',
  kind: 'image',
  source: {
    type: 'base64',
    mediaType: 'image/png',
    data: 'iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAIAAAAlC+aJAAAAUUlEQVR42u3PMQ0AAAgDsAnDvwq8gAQuviY10EznVWp+CQgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAhcFiYnsWlfNii8AAAAAElFTkSuQmCC',
  },
}

/** A picture comes back from a tool, as from Claude Code's Read and Codex's view_image. */
export function pictureQuestion(asker: Asker): IrRequest {
  const { tool, key } = asker.agent.viewer
  const call: ToolCallPart = {
    type: 'tool-call',
    id: 'call_probe00001',
    kind: 'function',
    name: tool.name,
    input: JSON.stringify({ [key]: '/workspace/flag.png' }),
  }
  const turns: IrTurn[] = [
    user('Look at /workspace/flag.png. Which colour is its left half, and which its right half? Two words.'),
    { role: 'assistant', parts: [call] },
    {
      role: 'tool',
      parts: [{ type: 'tool-result', callId: call.id, kind: 'function', content: [PICTURE] }],
    },
  ]
  return request(asker, turns, [tool])
}

/** Says nothing of JSON: only the schema does. */
export function schemaQuestion(asker: Asker): IrRequest {
  const asked = request(asker, [user('Suggest a title of three to six words for a talk about rivers.')])
  return {
    ...asked,
    format: {
      type: 'json-schema',
      name: 'talk_title',
      strict: true,
      schema: {
        type: 'object',
        properties: { title: { type: 'string' }, words: { type: 'integer' } },
        required: ['title', 'words'],
        additionalProperties: false,
      },
    },
  }
}

/** Rules that no model needs, long enough for the caches of all providers (4096 tokens at the most demanding). */
const RULES = Array.from(
  { length: 200 },
  (_, index) =>
    `Rule ${index + 1}: the file src/part-${index + 1}.ts has no tabs and ends with one line end.`,
).join('\n')

/** A conversation with a long beginning, as every request of an agent has. */
export function cacheQuestion(asker: Asker): IrRequest {
  const system: IrTurn = {
    role: asker.agent.instructions,
    parts: [{ type: 'text', text: `You check files.\n${RULES}`, cache: { ttl: '5m' } }],
  }
  const asked: IrTurn = {
    role: 'user',
    parts: [{ type: 'text', text: 'Answer with the one word: ready', cache: { ttl: '5m' } }],
  }
  return { ...request(asker, [system, asked]), cacheKey: 'axonhub-channel-test' }
}

/** Its next turn. */
export function cacheFollowUp(asked: IrRequest, said: readonly IrPart[]): IrRequest {
  return {
    ...asked,
    turns: [
      ...asked.turns,
      { role: 'assistant', parts: said },
      {
        role: 'user',
        parts: [{ type: 'text', text: 'And once more the one word: ready', cache: { ttl: '5m' } }],
      },
    ],
  }
}
