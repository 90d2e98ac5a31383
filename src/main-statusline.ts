// The composition root of `axonhub statusline` alone: Claude Code runs it after every turn, so nothing of the command line is
// loaded for it. Any other word on the command line goes to main.ts.

import { statuslineAnswer } from './cli/statusline-answer.js'
import { resolvePaths, userHomeFolder } from './config/paths.js'

// A reader that closed the pipe has what it wanted.
process.stdout.on('error', () => undefined)

const line = await statuslineAnswer({
  env: process.env,
  platform: process.platform,
  stdin: process.stdin,
  socket: resolvePaths(process.env, userHomeFolder()).socket,
})
process.stdout.write(`${line}\n`)
