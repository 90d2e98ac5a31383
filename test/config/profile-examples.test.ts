import { describe, expect, it } from 'vitest'
import { checkConfig } from '../../src/config/check.js'
import { loadPresets } from '../../src/config/presets.js'
import { exampleNamed, fitExample, profileExamples, providersOf } from '../../src/config/profile-examples.js'

const presets = loadPresets()
const EXAMPLES = profileExamples().map((example) => [example.name, example] as const)

describe('the examples of profiles', () => {
  it('are there', () => {
    expect(EXAMPLES.map(([name]) => name)).toEqual(expect.arrayContaining(['cheap', 'local', 'quality']))
  })

  it.each(EXAMPLES)('%s names providers that are known, and models that these know', (_, example) => {
    const unknown = example.mappings.flatMap(({ to, channel }) =>
      (channel ?? []).filter((provider) => {
        const preset = presets.get(provider)
        // The list of a plan is not complete, and a server of one's own has none.
        const isOpen = preset?.login !== undefined || preset?.serves?.includes('*') === true
        return preset === undefined || !(isOpen || preset.models.some(({ id }) => id === to))
      }),
    )
    expect(unknown).toEqual([])
  })

  it.each(EXAMPLES)('%s is a right profile where a channel of each provider is there', (name, example) => {
    const providers = providersOf(example)
    const channels = providers.map((provider) => ({ name: `my-${provider}`, provider }))
    const config = { channels, profiles: { [name]: fitExample(example, channels) }, active_profile: name }
    const checked = checkConfig(JSON.stringify(config), 'config.yml', presets)
    expect(checked.problems).toEqual([])
    expect(checked.warnings).toEqual([])
  })

  it('are fitted to the channels that are there, of a provider all, others left out', () => {
    const channels = [
      { name: 'work', provider: 'ollama' },
      { name: 'home', provider: 'ollama' },
      { name: 'vllm' },
      { name: 'other', provider: 'openai' },
    ]
    expect(fitExample(exampleNamed('local'), channels)).toEqual({
      mappings: [{ from: '*', to: 'gpt-oss:20b', channel: ['work', 'home', 'vllm'] }],
      channels: ['work', 'home', 'vllm'],
    })
  })
})
