// The model list for Codex, and the parts of the room that touch the machine.
import { chmod, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { catalogue } from '../../src/agents/codex/catalogue.js'
import { machineContext } from '../../src/agents/probe.js'
import { agentNamed, agents } from '../../src/agents/registry.js'
import { type Machine, machine } from './machine.js'

/** Fields without which Codex 0.169.0 refuses the whole list. */
const REQUIRED = [
  'slug',
  'display_name',
  'supported_reasoning_levels',
  'shell_type',
  'visibility',
  'supported_in_api',
  'priority',
  'support_verbosity',
  'truncation_policy',
  'experimental_supported_tools',
  'base_instructions',
]

describe('the catalogue for Codex', () => {
  it('has every field that Codex demands, and the plain tools', () => {
    const { models } = catalogue({
      models: [{ slug: 'deepseek-chat' }, { slug: 'gpt-6-sol' }],
      instructions: 'I',
    })
    for (const model of models) {
      expect(REQUIRED.filter((field) => model[field] === undefined)).toEqual([])
      expect(model).toMatchObject({
        apply_patch_tool_type: 'freeform',
        use_responses_lite: false,
        base_instructions: 'I',
      })
      expect(model).not.toHaveProperty('tool_mode')
    }
  })

  it('leaves out what OpenAI serves itself, since Codex knows that better', () => {
    expect(catalogue({ models: [{ slug: 'gpt-6-sol', isGenuine: true }], instructions: 'I' }).models).toEqual(
      [],
    )
  })

  it('takes windows and efforts from the caller, else from what is known of the name', () => {
    const { models } = catalogue({
      models: [
        { slug: 'gpt-6.1-terra' },
        { slug: 'gpt-5.5', contextWindow: 64_000, efforts: ['low', 'high'] },
        { slug: 'kimi-k3', displayName: 'Kimi', images: false, efforts: [], parallelToolCalls: false },
      ],
      instructions: 'I',
    })
    expect(models).toMatchObject([
      {
        display_name: 'GPT-6.1-Terra',
        context_window: 500_000,
        max_context_window: 872_000,
        default_reasoning_level: 'low',
      },
      { context_window: 64_000, max_context_window: 64_000, default_reasoning_level: 'low' },
      {
        display_name: 'Kimi',
        context_window: 128_000,
        input_modalities: ['text'],
        default_reasoning_summary: 'none',
        supports_parallel_tool_calls: false,
      },
    ])
    expect(models[2]).not.toHaveProperty('default_reasoning_level')
    expect(models.map((model) => model['priority'])).toEqual([100, 101, 102])
  })

  it('comes with instructions that teach the patch format and the tools', async () => {
    const folder = join(import.meta.dirname, '..', '..', 'templates', 'catalogue')
    const text = await readFile(join(folder, 'codex-instructions.md'), 'utf8')
    expect(text).toMatch(/\*\*\* Begin Patch[\s\S]*\*\*\* End Patch/)
    for (const tool of ['exec_command', 'write_stdin', 'apply_patch', 'AGENTS.md'])
      expect(text).toContain(tool)
    expect(text.split('\n').length).toBeLessThan(110)
  })
})

describe('the registry', () => {
  it('knows all agents by name, and lists the names for a wrong one', () => {
    expect(agents.map((agent) => agent.id)).toEqual(['codex', 'claude', 'opencode', 'gemini'])
    expect(agentNamed('claude').title).toBe('Claude Code')
    expect(() => agentNamed('aider')).toThrow(
      expect.objectContaining({ detail: { hint: 'Known agents: codex, claude, opencode, gemini.' } }),
    )
  })
})

describe('the machine', () => {
  let box: Machine

  beforeEach(async () => {
    box = await machine()
  })

  afterEach(() => box.remove())

  it('finds a program on the path and asks it for its version', async () => {
    const program = join(box.home, 'bin', 'codex')
    await box.put(program, '#!/bin/sh\necho "codex-cli 0.169.0"\n')
    await chmod(program, 0o755)
    await box.put(join(box.home, 'other', 'codex'), 'no program')
    const env = { PATH: [join(box.home, 'other'), dirname(program), '/usr/bin', '/bin'].join(':') }
    const context = machineContext({ env, home: box.home, cwd: box.home, platform: 'linux' })
    const state = await agentNamed('codex').detect(context)
    expect(state).toMatchObject({ installed: true, command: program, version: '0.169.0', login: 'none' })
  })

  it('takes no version from a program that fails', async () => {
    const program = join(box.home, 'claude')
    await box.put(program, '#!/bin/sh\nexit 1\n')
    await chmod(program, 0o755)
    const context = machineContext({
      env: { PATH: box.home },
      home: box.home,
      cwd: box.home,
      platform: 'linux',
    })
    expect(await agentNamed('claude').detect(context)).toMatchObject({ installed: true, version: undefined })
  })
})
