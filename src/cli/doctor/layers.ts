// Settings of an agent that lie in several files, strongest first: which file a value comes from in the end.

import { glance } from '../../agents/config-file.js'
import type { JsonValue } from '../../base/json.js'
import type { LosslessEditor, ParsedDocument } from '../../edit/editor.js'

export type Layer = {
  readonly path: string
  /** What the file is to the agent: `managed`, `project`, `user`, `machine`. */
  readonly kind: string
  readonly document: ParsedDocument
}

export type Resolved = { readonly value: JsonValue; readonly layer: Layer }

export type LayerPlace = { readonly path: string; readonly kind: string }

/** The layers that are there and can be read, in the given order. */
export async function readLayers(places: readonly LayerPlace[], editor: LosslessEditor): Promise<Layer[]> {
  const read = await Promise.all(
    places.map(async (place) => ({ ...place, document: await glance(place.path, editor) })),
  )
  return read.flatMap(({ document, ...place }) => (document === undefined ? [] : [{ ...place, document }]))
}

/** The strongest layer's word; undefined when none has one. */
export function resolve(layers: readonly Layer[], path: readonly string[]): Resolved | undefined {
  for (const layer of layers) {
    const value = layer.document.get(path)
    if (value !== undefined) return { value, layer }
  }
  return undefined
}
