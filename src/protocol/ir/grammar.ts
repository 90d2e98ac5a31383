// Which order of events is legal. Every decoder is tested against it and every encoder may rely on it:
//   start ( part-start part-delta* part-end | whole part | usage )* finish      or at any point: error, the last
// Parts may overlap; their indexes are 0,1,2 … in the order of their start.

import { assertNever } from '../../base/assert-never.js'
import type { IrEvent } from './event.js'

export type Grammar = {
  /** What is wrong with this event at this place; undefined when it is legal. */
  push(event: IrEvent): string | undefined
}

type PartType = 'text' | 'reasoning' | 'tool-call'

export function grammar(): Grammar {
  const open = new Map<number, PartType>()
  let place: 'before-start' | 'inside' | 'over' = 'before-start'
  let next = 0

  function begin(index: number, type: PartType | 'whole'): string | undefined {
    if (index !== next) return `a part begins with index ${index} where ${next} is due`
    next += 1
    if (type !== 'whole') open.set(index, type)
    return undefined
  }

  function inside(index: number, type: PartType): string | undefined {
    const found = open.get(index)
    if (found === undefined) return `part ${index} is not open`
    return found === type ? undefined : `part ${index} is ${found}, not ${type}`
  }

  function close(index: number, type: PartType): string | undefined {
    const wrong = inside(index, type)
    open.delete(index)
    return wrong
  }

  function finish(): string | undefined {
    place = 'over'
    return open.size === 0 ? undefined : `finish while part ${[...open.keys()].join(', ')} is open`
  }

  return {
    push(event) {
      if (place === 'over') return `${event.type} after the end`
      if (event.type === 'error') {
        place = 'over'
        return undefined
      }
      if (event.type === 'start') {
        const wrong = place === 'inside' ? 'a second start' : undefined
        place = 'inside'
        return wrong
      }
      if (place === 'before-start') return `${event.type} before start`
      switch (event.type) {
        case 'text-start':
          return begin(event.index, 'text')
        case 'reasoning-start':
          return begin(event.index, 'reasoning')
        case 'tool-call-start':
          return begin(event.index, 'tool-call')
        case 'media':
        case 'opaque':
          return begin(event.index, 'whole')
        case 'text-delta':
          return inside(event.index, 'text')
        case 'reasoning-delta':
          return inside(event.index, 'reasoning')
        case 'tool-call-delta':
          return inside(event.index, 'tool-call')
        case 'text-end':
          return close(event.index, 'text')
        case 'reasoning-end':
          return close(event.index, 'reasoning')
        case 'tool-call-end':
          return close(event.index, 'tool-call')
        case 'usage':
          return undefined
        case 'finish':
          return finish()
        default:
          return assertNever(event)
      }
    },
  }
}
