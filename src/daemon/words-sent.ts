// How much a piece of a streamed answer says, without parsing it: the lengths of its texts, found by their names. Pure.
// An estimate for who watches; usage is counted by the provider. Texts that repeat the whole at the end do not count.

const ROUGHLY_PER_TOKEN = 4

/** Where the words of a delta stand, in all protocols. */
const TEXT =
  /"(?:delta|text|thinking|partial_json|content|reasoning_content|arguments)"\s*:\s*"((?:[^"\\]|\\.)*)"/g

/** Events that carry new words: `content_block_delta`, `response.….delta`, chunks of chat completions and of Gemini. */
const SAYS =
  /"type"\s*:\s*"content_block_delta"|"type"\s*:\s*"response\.[a-z_.]+\.delta"|"object"\s*:\s*"chat\.completion\.chunk"|"candidates"\s*:/

/** Characters of new text in whole or cut events. */
export function charactersIn(piece: string): number {
  let sum = 0
  for (const event of piece.split('\n\n')) {
    if (!SAYS.test(event)) continue
    for (const [, words = ''] of event.matchAll(TEXT)) sum += words.length
  }
  return sum
}

/** Tokens that so many characters are about. */
export function aboutTokens(characters: number): number {
  return Math.ceil(characters / ROUGHLY_PER_TOKEN)
}
