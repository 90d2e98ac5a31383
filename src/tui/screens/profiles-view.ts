// The profiles, the mappings of the one under the cursor with how many requests of today each took, and the explain box. Pure.

import type { ProfileRow } from '../../control/profiles.js'
import { slimBar } from '../components/bar.js'
import { inside, panel } from '../components/panel.js'
import { type Column, layoutOf, table, tableHead, tableRow } from '../components/table.js'
import { count5, many } from '../figures.js'
import type { Glyphs } from '../glyphs.js'
import { type Area, beside, block, EMPTY, type Line, line, span } from '../line.js'
import type { Model } from '../model.js'
import { safeText } from '../safe-text.js'
import { cutStart, wrapText } from '../text-width.js'
import { chosenProfile, cursorOf, type ExplainBox, shownProfiles } from './profiles-state.js'

const WIDE = 90

function followers({ active, keys }: ProfileRow): string {
  return [...(active ? ['active'] : []), ...keys.map((key) => `key ${key}`)].join(', ')
}

function listColumns(glyphs: Glyphs): Column<ProfileRow>[] {
  return [
    { title: '', width: 1, rank: 0, cell: ({ active }) => span(active ? glyphs.running : ' ', 'good') },
    {
      title: 'Profile',
      width: 16,
      flexible: { least: 8 },
      rank: 0,
      cell: ({ name, active, keys }) => span(safeText(name), active || keys.length > 0 ? 'strong' : 'text'),
    },
    { title: 'Followed by', width: 18, rank: 1, cell: (row) => span(safeText(followers(row)), 'accent') },
    {
      title: 'Today',
      width: 5,
      align: 'right',
      rank: 0,
      cell: ({ requestsToday }) => span(requestsToday === 0 ? '' : count5(requestsToday), 'dim'),
    },
  ]
}

type Rule = ProfileRow['mappings'][number] & { readonly number: number }

const HITS = 10

function ruleColumns(profile: ProfileRow, glyphs: Glyphs): Column<Rule>[] {
  const isConditional = profile.mappings.some(({ when }) => when !== null)
  const most = Math.max(1, ...profile.mappings.map(({ matchedToday }) => matchedToday))
  const conditions: Column<Rule> = {
    title: 'When',
    width: 20,
    rank: 3,
    cell: ({ when }) => span(when === null ? '' : safeText(when), 'info'),
  }
  return [
    { title: '', width: 3, align: 'right', rank: 2, cell: ({ number }) => span(String(number), 'dim') },
    {
      title: 'Asked for',
      width: 18,
      flexible: { least: 14 },
      rank: 0,
      cut: 'middle',
      cell: ({ from }) => span(safeText(from)),
    },
    ...(isConditional ? [conditions] : []),
    // That a rule has conditions is told also where there is no room for them.
    {
      title: '',
      width: isConditional ? 2 : 1,
      align: 'right',
      rank: 0,
      cell: ({ when }) => [...(when === null ? [] : [span('?', 'info')]), span(glyphs.arrow, 'dim')],
    },
    {
      title: 'Answered by',
      width: 18,
      flexible: { least: 14 },
      rank: 0,
      cut: 'middle',
      cell: ({ to }) => span(safeText(to), 'strong'),
    },
    {
      title: 'On',
      width: 16,
      rank: 4,
      cell: ({ channels }) => span(channels === null ? 'any' : safeText(channels.join(', then ')), 'dim'),
    },
    {
      title: 'Today',
      width: 5,
      align: 'right',
      rank: 1,
      cell: ({ matchedToday }) => span(matchedToday === 0 ? '' : count5(matchedToday), 'good'),
    },
    {
      title: '',
      width: HITS,
      rank: 5,
      cell: ({ matchedToday }) =>
        matchedToday === 0 ? span('') : slimBar(matchedToday / most, HITS, glyphs, 'good'),
    },
  ]
}

/** The mappings in a frame, those that are scrolled away left out. */
function mappings(profile: ProfileRow, model: Model, area: Area, glyphs: Glyphs): Line[] {
  const within = inside(area)
  const layout = layoutOf(ruleColumns(profile, glyphs), within.width)
  const limits = [...(profile.channels ?? []), ...(profile.tags ?? []).map((tag) => `tag ${tag}`)]
  const limited = limits.length === 0 ? [] : [line(`only ${safeText(limits.join(', '))}`, 'warn')]
  const unmatched =
    profile.unmatchedToday === 0
      ? []
      : [line(`${many(profile.unmatchedToday, 'request')} matched none`, 'dim')]
  const room = Math.max(0, within.height - 1 - limited.length - unmatched.length)
  const top = Math.min(model.screens.profiles.top, Math.max(0, profile.mappings.length - room))
  const rules = profile.mappings
    .slice(top, top + room)
    .map((mapping, index) => tableRow(layout, { ...mapping, number: top + index + 1 }, glyphs))
  const hidden = profile.mappings.length - rules.length
  const body =
    profile.mappings.length === 0
      ? [line('No mappings: every name is passed on as it is.', 'dim')]
      : [tableHead(layout, glyphs), ...rules]
  return panel({
    title: safeText(profile.name),
    note: line(
      hidden > 0 ? `J/K ${top + 1}-${top + rules.length} of ${profile.mappings.length}` : followers(profile),
      'dim',
    ),
    lines: [...limited, ...body, ...unmatched],
    area,
    glyphs,
  })
}

function explained(box: ExplainBox, width: number, glyphs: Glyphs): Line[] {
  switch (box.type) {
    case 'closed':
      return []
    case 'typing':
      return [
        [
          span('which model? ', 'dim'),
          span(cutStart(safeText(box.text), width - 15, glyphs.dots)),
          span(glyphs.cursor, 'accent'),
        ],
        line('enter explains, esc closes', 'dim'),
      ]
    case 'asked':
      return [line(`${safeText(box.text)} ${glyphs.dots}`, 'dim')]
    case 'told': {
      const { reply } = box
      const words = (text: string) => wrapText(safeText(text), width)
      const [first] = reply.targets
      const head: Line =
        first === undefined
          ? [span(safeText(reply.model), 'strong'), span(` ${glyphs.arrow} `, 'dim'), span('nobody', 'bad')]
          : [
              span(safeText(reply.model), 'strong'),
              span(` ${glyphs.arrow} `, 'dim'),
              span(safeText(first.model), 'good'),
              span(' on ', 'dim'),
              span(safeText(reply.targets.map(({ channel }) => channel).join(', then ')), 'good'),
              span(
                ` (${first.mode === 'relay' ? 'relayed' : 'converted'}, ${safeText(first.protocol)})`,
                'dim',
              ),
            ]
      const error = reply.error === null ? [] : words(reply.error).map((text) => line(text, 'bad'))
      const reasons = reply.reasons.flatMap((reason) => words(reason).map((text) => line(text, 'dim')))
      return [head, ...error, ...reasons]
    }
  }
}

function explainPanel(model: Model, area: Area, glyphs: Glyphs): Line[] {
  const box = model.screens.profiles.explain
  if (box.type === 'closed') return []
  const lines = explained(box, inside(area).width, glyphs)
  const height = Math.min(area.height, lines.length + 2)
  return panel({ title: 'Explain', lines, area: { width: area.width, height }, glyphs })
}

function nothing(model: Model): Line[] {
  if (model.screens.profiles.reply === null) return [line(' Asking the hub …', 'dim')]
  if ((model.filters.profiles ?? '') !== '') return [line(' No profile is called so.', 'dim')]
  return [
    line(' No profiles yet: every model name is passed on as it is.', 'strong'),
    EMPTY,
    line(' axonhub profile create NAME --from EXAMPLE', 'accent'),
    line(' makes one; "axonhub profile list --examples" shows the examples.'),
  ]
}

function profilesAndRules(model: Model, area: Area, glyphs: Glyphs): Line[] {
  const rows = shownProfiles(model)
  const chosen = chosenProfile(model)
  if (chosen === undefined) return block([EMPTY, ...nothing(model)], area)
  const list = (width: number, height: number) =>
    block(
      table({
        columns: listColumns(glyphs),
        rows,
        cursor: cursorOf(model, rows),
        area: { width, height },
        glyphs,
      }),
      {
        width,
        height,
      },
    )
  if (area.width >= WIDE) {
    const width = Math.max(30, Math.min(48, Math.floor(area.width * 0.34)))
    const right = mappings(chosen, model, { width: area.width - width - 1, height: area.height }, glyphs)
    return beside(list(width, area.height), right, [{ text: ' ' }])
  }
  const height = Math.max(2, Math.min(rows.length + 1, Math.floor(area.height * 0.4)))
  const below = { width: area.width, height: area.height - height }
  return [...list(area.width, height), ...mappings(chosen, model, below, glyphs)]
}

export function drawProfiles(model: Model, area: Area, glyphs: Glyphs): readonly Line[] {
  const most = Math.max(4, Math.floor(area.height * 0.5))
  const box = explainPanel(model, { width: area.width, height: Math.min(most, area.height) }, glyphs)
  const above = { width: area.width, height: Math.max(0, area.height - box.length) }
  return [...profilesAndRules(model, above, glyphs), ...box]
}
