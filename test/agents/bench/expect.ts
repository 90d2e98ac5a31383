// What every run of the scripted task must leave behind, wherever the requests went.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import {
  AGAIN_TEXT,
  TASK,
  TASK_FILE,
  TASK_FINAL_CONTENT,
  TASK_FINAL_TEXT,
} from '../../support/upstream/task.js'
import type { Upstream } from '../../support/upstream/upstream.js'
import type { Agent } from './agent.js'
import type { Home } from './home.js'
import type { Ran } from './run.js'

/** Codex with itself: a run that ends while it writes its cache of models leaves an empty one for the next run. */
const OWN_RACE = /ERROR codex_models_manager::manager: failed to load models cache: EOF/

/** The agent ended well and said nothing alarming; what the task itself prints is not alarming. */
function expectCalm(agent: Agent, ran: Ran): void {
  // What it said is compared along, so that a failing run tells why.
  expect({ code: ran.code, said: ran.code === 0 ? '' : ran.stdout + ran.stderr }).toEqual({
    code: 0,
    said: '',
  })
  const lines = `${ran.stdout}\n${ran.stderr}`.split('\n')
  expect(lines.filter((line) => agent.alarm.test(line) && !OWN_RACE.test(line))).toEqual([])
}

/** The whole task was done, in as many requests as it has steps, and no history was refused. */
export function expectTaskDone(agent: Agent, home: Home, upstream: Upstream, ran: Ran): void {
  expect(upstream.violations()).toEqual([])
  expectCalm(agent, ran)
  expect(ran.stdout.trim()).toBe(TASK_FINAL_TEXT)
  expect(readFileSync(join(home.work, TASK_FILE), 'utf8')).toBe(TASK_FINAL_CONTENT)
  expect(kindsOf(upstream)).toEqual(Array.from(TASK.steps, () => 'step'))
}

/** The conversation went on with one more request that carried all of it. */
export function expectResumed(agent: Agent, upstream: Upstream, ran: Ran): void {
  expect(upstream.violations()).toEqual([])
  expectCalm(agent, ran)
  expect(ran.stdout.trim()).toBe(AGAIN_TEXT)
  expect(kindsOf(upstream)).toEqual(Array.from({ length: TASK.steps.length + 1 }, () => 'step'))
}

/** The generating exchanges, titles left out: they are asked for beside the conversation. */
function kindsOf(upstream: Upstream): string[] {
  return upstream.exchanges
    .map((exchange) => exchange.kind)
    .filter((kind) => !['title', 'models', 'probe', 'count'].includes(kind))
}
