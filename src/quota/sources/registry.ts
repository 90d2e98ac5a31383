// Every source of quota figures. A new one is one file and one line here.

import { claudeSource } from './claude.js'
import { codexSource } from './codex.js'
import { copilotSource } from './copilot.js'
import { deepseekSource } from './deepseek.js'
import { kimiSource } from './kimi.js'
import { minimaxSource } from './minimax.js'
import { moonshotSource } from './moonshot.js'
import { openrouterSource } from './openrouter.js'
import { siliconflowSource } from './siliconflow.js'
import type { QuotaSource } from './source.js'
import { zaiSource } from './zai.js'

const SOURCES: readonly QuotaSource[] = [
  codexSource,
  claudeSource,
  zaiSource,
  kimiSource,
  moonshotSource,
  minimaxSource,
  deepseekSource,
  openrouterSource,
  siliconflowSource,
  copilotSource,
]

/** The source for a provider's preset; undefined where a plain key can learn nothing. */
export function sourceFor(provider: string | undefined): QuotaSource | undefined {
  return SOURCES.find(({ providers }) => provider !== undefined && providers.includes(provider))
}
