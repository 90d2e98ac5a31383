// The law of one protocol: native → IR → native gives back what came, up to the named forms.
import { describe, expect, it } from 'vitest'
import { type JsonObject, text } from '../../../src/base/json.js'
import { PLAIN } from '../../../src/protocol/dialect.js'
import { codexBody, decode, encode, items, message, RICH, throughIr } from './support.js'

const schema = { type: 'object', properties: { cmd: { type: 'string' } }, required: ['cmd'] }
const search = {
  type: 'namespace',
  name: 'agents',
  description: 'd',
  tools: [{ type: 'function', name: 'spawn', description: 's', parameters: schema, strict: false }],
}

const history: JsonObject[] = [
  message('developer', 'base', { id: 'msg_1' }),
  message('system', 'also'),
  message('user', 'hi', { internal_chat_message_metadata_passthrough: { turn_id: 't' } }),
  {
    type: 'message',
    role: 'user',
    content: [
      { type: 'input_text', text: 'look' },
      { type: 'input_image', image_url: 'data:image/png;base64,QUJD', detail: 'original' },
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,QUJD' },
      { type: 'input_file', file_url: 'https://x.test/a.pdf' },
      { type: 'input_image', file_id: 'file-1' },
      { type: 'input_poem', text: 'from the future' },
    ],
  },
  {
    type: 'reasoning',
    id: 'rs_1',
    summary: [
      { type: 'summary_text', text: 'one' },
      { type: 'summary_text', text: 'two' },
    ],
    encrypted_content: 'ENC1',
  },
  message('assistant', 'first', { id: 'msg_2', status: 'completed', phase: 'commentary' }),
  {
    type: 'message',
    role: 'assistant',
    id: 'msg_3',
    content: [
      { type: 'output_text', text: 'second', annotations: [{ type: 'url_citation', url: 'https://x.test' }] },
      { type: 'output_text', text: 'third', annotations: [] },
      { type: 'refusal', refusal: 'no' },
    ],
  },
  message('assistant', 'without an id'),
  { type: 'reasoning', id: 'rs_2', summary: [], encrypted_content: 'ENC2' },
  {
    type: 'function_call',
    id: 'fc_1',
    status: 'completed',
    call_id: 'c1',
    name: 'run',
    arguments: '{"cmd":"ls"}',
  },
  { type: 'function_call', call_id: 'c2', name: 'spawn', namespace: 'agents', arguments: '{}' },
  { type: 'custom_tool_call', id: 'ctc_1', call_id: 'c3', name: 'apply_patch', input: '*** Begin Patch' },
  {
    type: 'tool_search_call',
    id: 'tsc_1',
    call_id: 'c4',
    execution: 'client',
    arguments: { query: 'q', limit: 3 },
  },
  { type: 'function_call_output', id: 'fco_1', call_id: 'c1', output: 'out' },
  {
    type: 'function_call_output',
    call_id: 'c2',
    output: [
      { type: 'input_text', text: 'see' },
      { type: 'input_poem', text: 'from the future' },
      { type: 'input_image', image_url: 'data:image/png;base64,QUJD' },
    ],
  },
  { type: 'custom_tool_call_output', id: 'ctco_1', call_id: 'c3', output: 'Success.' },
  {
    type: 'tool_search_output',
    id: 'tso_1',
    call_id: 'c4',
    status: 'completed',
    execution: 'client',
    tools: [search],
  },
  { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'cats' } },
  { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: 'QUJD', output_format: 'webp' },
  { type: 'local_shell_call_output', id: 'ls_1', output: 'x' },
  { type: 'compaction', id: 'cmp_1', encrypted_content: 'CMP' },
  message('user', 'go on'),
]

const whole = codexBody({
  instructions: 'be brief',
  input: history,
  tools: [
    {
      type: 'function',
      name: 'run',
      description: 'runs',
      parameters: schema,
      strict: false,
      defer_loading: true,
    },
    { type: 'function', name: 'open', parameters: schema },
    {
      type: 'namespace',
      name: 'mcp__x',
      description: 'x',
      tools: [
        { type: 'function', name: 'a', parameters: schema, strict: true },
        { type: 'custom', name: 'b' },
      ],
    },
    {
      type: 'custom',
      name: 'apply_patch',
      format: { type: 'grammar', syntax: 'lark', definition: 'start: X' },
    },
    { type: 'custom', name: 'free', format: { type: 'text' } },
    { type: 'tool_search', execution: 'client', description: 'find', parameters: schema },
    { type: 'web_search', external_web_access: false, search_content_types: ['text', 'image'] },
    { type: 'mcp', server_label: 's', server_url: 'https://x.test' },
  ],
  tool_choice: 'auto',
  parallel_tool_calls: true,
  reasoning: { effort: 'ultra', summary: 'auto', context: 'all_turns' },
  text: { verbosity: 'low', format: { type: 'json_schema', name: 'n', schema, strict: true } },
  store: false,
  include: ['reasoning.encrypted_content'],
  prompt_cache_key: 'key',
  service_tier: 'priority',
  client_metadata: { thread_id: 't' },
  truncation: 'auto',
  metadata: { a: 'b' },
  user: 'u',
  safety_identifier: 's',
  max_output_tokens: 100,
  temperature: 0.5,
  top_p: 0.9,
  from_the_future: { a: [1] },
})

describe('a request of this protocol', () => {
  it('goes out as it came when the vendor speaks the whole dialect', () => {
    expect(throughIr(whole)).toEqual(whole)
  })

  it('stays the same when it goes through twice', () => {
    const once = throughIr(whole)
    expect(JSON.stringify(throughIr(once))).toBe(JSON.stringify(once))
  })

  it.each(history.map((item) => [text(item, 'type') ?? '', item] as const))('keeps a lone %s', (_, item) => {
    // Reasoning needs something after it.
    const input = [item, message('assistant', 'said')]
    expect(throughIr(codexBody({ input }))['input']).toEqual(input)
  })

  it.each([
    ['a named tool', { type: 'function', name: 'run' }],
    ['a custom tool', { type: 'custom', name: 'apply_patch' }],
    ['web search', { type: 'web_search' }],
    ['a server of tools', { type: 'mcp', server_label: 's' }],
    ['one word', 'required'],
  ])('keeps the choice of %s', (_, choice) => {
    expect(throughIr({ ...whole, tool_choice: choice })['tool_choice']).toEqual(choice)
  })

  it('loses to a plain vendor only what that must not see', () => {
    const { body, notes } = encode(decode(whole), PLAIN)
    expect(body).not.toHaveProperty('client_metadata')
    expect(notes).toEqual([])
    const sent = JSON.stringify(body)
    for (const mark of ['msg_1', 'fc_1', 'internal_', 'commentary']) expect(sent).not.toContain(mark)
    for (const mark of ['hi', 'ENC1', 'rs_1', 'Success.', 'third', 'QUJD']) expect(sent).toContain(mark)
  })
})

describe('the named forms', () => {
  it('writes content that was one string as a list', () => {
    const input = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'ho' },
    ]
    expect(throughIr(codexBody({ input }))['input']).toEqual([
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'ho', annotations: [] }] },
    ])
  })

  it('writes an output of one text as a string', () => {
    const output = { type: 'function_call_output', call_id: 'c', output: [{ type: 'input_text', text: 'x' }] }
    expect(throughIr(codexBody({ input: [output] }))['input']).toEqual([
      { type: 'function_call_output', call_id: 'c', output: 'x' },
    ])
  })

  it('leaves the settings of tools out when there are no tools', () => {
    const body = throughIr(codexBody({ tools: [], tool_choice: 'auto', parallel_tool_calls: true }))
    for (const key of ['tools', 'tool_choice', 'parallel_tool_calls']) expect(body).not.toHaveProperty(key)
  })

  it('lists the tools of a lite request with the others', () => {
    const tools = [{ type: 'custom', name: 'exec' }]
    const body = throughIr(codexBody({ input: [{ type: 'additional_tools', tools }, message('user', 'x')] }))
    expect(body['tools']).toEqual(tools)
    expect(items(body['input'])).toEqual([message('user', 'x')])
  })

  it('leaves out reasoning without a proof, and reasoning that nothing follows, with a note', () => {
    const reasoning = { type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] }
    const request = decode(
      codexBody({ input: [reasoning, message('assistant', 'a'), { ...reasoning, encrypted_content: 'E' }] }),
    )
    const { input, notes } = encode(request, RICH)
    expect(input).toEqual([message('assistant', 'a')])
    expect(notes.map((note) => note.kind)).toEqual(['dropped', 'dropped'])
  })
})
