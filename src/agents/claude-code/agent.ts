// Claude Code as an agent of the hub.
import type { Agent } from '../agent.js'
import { detectClaudeCode } from './detect.js'
import { planClaudeCode } from './plan.js'
import { runClaudeCode } from './run.js'

export const claudeCode: Agent = {
  id: 'claude',
  title: 'Claude Code',
  detect: detectClaudeCode,
  planInit: planClaudeCode,
  run: runClaudeCode,
  undoNotes: ['A Claude Code that is running keeps its environment until it is started again.'],
}
