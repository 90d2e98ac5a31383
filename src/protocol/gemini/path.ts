// The paths of this wire, which name the model and what is wanted of it.

/** Below the base URL. A streamed answer is asked for as server-sent events. */
export function generatePath(model: string, stream: boolean): string {
  return `${modelPath(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`
}

export function countPath(model: string): string {
  return `${modelPath(model)}:countTokens`
}

/** Slashes stay, because names of tuned and hosted models have them; the colon ends the name. */
function modelPath(model: string): string {
  return `/models/${model.split('/').map(encodeURIComponent).join('/')}`
}
