// One interactive session with each agent: start, the first prompt and its answer, a command that needs somebody's
// consent, and out again.

import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { CHECK_PROMPT, CHECK_TEXT, HELLO_PROMPT, HELLO_TEXT } from '../../support/upstream/task.js'
import type { Agent } from './agent.js'
import type { Home } from './home.js'
import { endLeftovers } from './leftovers.js'
import { openTerminal, type Terminal } from './terminal.js'

/** What a person who just connected the agent must never see. */
const ALARM = /log ?in|sign ?in|warning|⚠|error|unable|reconnect|retrying|api key|can't check/i

/** The one warning that is about the machine: Codex's sandbox program is not installed on it. */
const MACHINE_WARNING = /^Warnings · 1 of 1 · Startup\s+Codex could not find bubblewrap/

/** What is typed and what must appear; `before` happens just before the prompt is sent, `after` when the answer is there. */
type Exchanged = {
  readonly prompt: string
  readonly answer: string
  readonly before?: () => void
  readonly after?: (terminal: Terminal) => Promise<void>
}

/** Greets the agent in a terminal and leaves; every screen on the way must be free of alarms. */
export async function greet(agent: Agent, home: Home): Promise<void> {
  await converse(agent, home, [{ prompt: HELLO_PROMPT, answer: HELLO_TEXT }])
}

/** Greets the agent and lets it run a command that is judged by a model first, where the agent does that. */
export async function greetAndCheck(agent: Agent, home: Home): Promise<void> {
  await converse(agent, home, [
    { prompt: HELLO_PROMPT, answer: HELLO_TEXT },
    { prompt: CHECK_PROMPT, answer: CHECK_TEXT },
  ])
}

/** One session in a terminal: each prompt, its answer, and out again. */
export async function converse(agent: Agent, home: Home, exchanges: readonly Exchanged[]): Promise<void> {
  const terminal = openTerminal(home, agent.terminal)
  try {
    await reachPrompt(agent, terminal)
    await expectCalmScreen(terminal)
    for (const { prompt, answer, before, after } of exchanges) {
      await fillIn(terminal, prompt)
      before?.()
      await send(terminal, prompt)
      await terminal.waitFor(new RegExp(answer))
      await expectCalmScreen(terminal)
      await after?.(terminal)
    }
    await terminal.press('C-c')
    await terminal.press('C-c')
  } finally {
    terminal.close()
    endLeftovers(home)
  }
}

/** The line that is being written: the last one with the agent's mark before it. */
function draft(terminal: Terminal): string {
  return (
    terminal
      .screen()
      .split('\n')
      .findLast((line) => /^[›❯]/.test(line)) ?? ''
  )
}

/** Types until it stands there: on a busy machine an agent drops the keys that come while it still starts. */
async function fillIn(terminal: Terminal, prompt: string): Promise<void> {
  for (let tries = 0; tries < 5; tries += 1) {
    await terminal.type(prompt)
    for (let waits = 0; waits < 10 && !draft(terminal).includes(prompt); waits += 1) await pause(200)
    if (draft(terminal).includes(prompt)) return
    await terminal.press('C-u')
  }
  throw new Error(`The prompt cannot be typed. The screen shows:\n${terminal.screen()}`)
}

/** Enter, and again while the prompt still waits: sent, it stands above an empty line to write on. */
async function send(terminal: Terminal, prompt: string): Promise<void> {
  for (let tries = 0; tries < 5; tries += 1) {
    await terminal.press('Enter')
    for (let waits = 0; waits < 10; waits += 1) {
      if (!draft(terminal).includes(prompt)) return
      await pause(200)
    }
  }
}

/** A new folder is the person's to trust: the question is answered, whatever its default is. */
async function reachPrompt(agent: Agent, terminal: Terminal): Promise<void> {
  const ready = agent.name === 'codex' ? /^› /m : /^❯(?! (\d\. )?(No|Yes))/m
  await terminal.waitFor(new RegExp(`trust this folder|${ready.source}`, 'm'))
  if (/trust this folder/.test(terminal.screen())) {
    for (let tries = 0; tries < 3 && !/❯ (\d\. )?Yes/.test(terminal.screen()); tries += 1) {
      await terminal.press('Down')
    }
    await terminal.press('Enter')
    await terminal.waitFor(ready)
  }
}

async function expectCalmScreen(terminal: Terminal): Promise<void> {
  const found = terminal
    .screen()
    .split('\n')
    .filter((line) => ALARM.test(line) && !/^\s*Tips?\b/.test(line))
  if (found.some((line) => /⚠ 1 warning · f2 to view/.test(line))) {
    expect(await onlyWarning(terminal)).toMatch(MACHINE_WARNING)
    found.splice(0, 1)
  }
  expect(found).toEqual([])
}

/** Codex counts its warnings in the last line and tells them behind F2. */
async function onlyWarning(terminal: Terminal): Promise<string> {
  await terminal.press('F2')
  const shown = terminal.screen()
  await terminal.press('Escape')
  return shown.slice(shown.indexOf('Warnings · '))
}
