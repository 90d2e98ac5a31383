// The fuzzing itself: that it finds what is there to be found, and can be repeated.
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { chance } from './chance.js'
import type { Coverage } from './coverage.js'
import { fuzz, type Target } from './engine.js'
import { must } from './laws.js'
import { mutate } from './mutate.js'

const noCoverage: Coverage = {
  fresh: () => Promise.resolve(0),
  total: () => 0,
  close: () => Promise.resolve(),
}

function planted(shape: Target['shape'], seed: string, fault: RegExp): Target {
  return {
    name: 'planted',
    shape,
    seeds: () => [Buffer.from(seed)],
    check: (input) => must(!fault.test(Buffer.from(input).toString()), 'planted'),
  }
}

describe('fuzzing', () => {
  it.each([
    ['bytes', 'a = 1\n', /\[\[/],
    ['json', '{"a":{"b":[1,2]},"c":"x"}', /"b":null/],
    ['stream', 'data: {"a":1}\n\ndata: {"b":2}\n\n', /"b":2.*\n\n.*"a":1/],
  ] as const)('finds a fault that is planted in %s', async (shape, seed, fault) => {
    const target = planted(shape, seed, fault)
    const { findings, executions } = await fuzz({ target, seconds: 1, dice: chance(1), coverage: noCoverage })
    expect(executions).toBeGreaterThan(100)
    expect(findings.map(({ why }) => why)).toEqual(['Broken: planted'])
  })

  it('makes the same inputs from the same seed', () => {
    const made = (seed: number) => {
      const dice = chance(seed)
      const input = Buffer.from('{"a":[1,{"b":"c"}]}')
      return Array.from({ length: 50 }, () => Buffer.from(mutate('json', input, input, dice)).toString())
    }
    expect(made(4)).toEqual(made(4))
    expect(made(4)).not.toEqual(made(5))
  })
})
