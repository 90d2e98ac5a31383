// Every schema change in order. Entry n takes a file from user_version n to n + 1; the list only grows.
import { FIRST } from './0001-first.js'
import { PLACES } from './0002-places.js'
import { CARDS } from './0003-cards.js'
import { CHORES } from './0004-chores.js'
import { COST } from './0005-cost.js'
import { QUOTA } from './0006-quota.js'
import { CACHE_BREAKS } from './0007-cache-breaks.js'
import { GAPS } from './0008-gaps.js'
import { SEARCH } from './0009-search.js'
import { STREAM_TIMES } from './0010-stream-times.js'
import { REMOVED } from './0011-removed.js'
import { PREFIXES } from './0012-prefixes.js'
import { OUTLINES } from './0013-outlines.js'
import { COUNTED } from './0014-counted.js'

export const MIGRATIONS: readonly string[] = [
  FIRST,
  PLACES,
  CARDS,
  CHORES,
  COST,
  QUOTA,
  CACHE_BREAKS,
  GAPS,
  SEARCH,
  STREAM_TIMES,
  REMOVED,
  PREFIXES,
  OUTLINES,
  COUNTED,
]
