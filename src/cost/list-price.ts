// What tokens of a plan would cost by the list price of the plan's maker. Nobody pays that: it only shows what a plan is worth.
import { costOf, type Price, type Tokens } from './price.js'
import { publishedPrice } from './price-book.js'

/** Presets of plans → the presets whose prices are published. */
const MAKERS: Readonly<Record<string, string>> = {
  codex: 'openai',
  claude: 'anthropic',
  'zai-coding': 'zai',
  'zhipu-coding': 'zai',
  'kimi-coding': 'moonshot',
  minimax: 'minimax',
  'minimax-cn': 'minimax',
}

/** `at`: ms since the epoch. US dollars; undefined: a price that it needs is not known. */
export type ListPrice = (tokens: Tokens, model: string, at: number) => number | undefined

/** Prices of one plan; each model is looked up once. */
export function listPriceOf(provider: string | undefined): ListPrice {
  const maker = provider === undefined ? undefined : MAKERS[provider]
  const known = new Map<string, Price | undefined>()
  return (tokens, model, at) => {
    if (maker === undefined) return undefined
    if (!known.has(model)) known.set(model, publishedPrice(maker, model, at))
    const price = known.get(model)
    return price === undefined ? undefined : costOf(tokens, price)?.dollars
  }
}
