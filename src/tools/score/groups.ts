/**
 * score/groups: what visitors did who saw recommendations chosen for them, and those who saw others.
 *
 * In: events in order; `recommendation_view` says the group in `properties.arm`.
 * Out: visits that saw a slate, and how many of them ordered, by group.
 * Invariant: a visit counts once, however many slates it saw; only orders after the first of them count.
 */
import { dropOldest } from '../../std/oldest.ts'
import { continuesSession } from '../../parts/event/session-rules.ts'
import type { EventLine } from './event-lines.ts'

const VISITORS_MAXIMUM = 200_000
const CREDIBLE = 1.96

export interface Group {
  readonly visits: number
  readonly ordered: number
}

/** By group: `model` or `random`. */
export type Groups = ReadonlyMap<string, Group>

export interface LiftGrade {
  readonly lift: number
  readonly low: number
  readonly high: number
  readonly truth: number | null
  readonly visits: { readonly model: number; readonly random: number }
}

interface OpenVisit {
  readonly arm: string
  lastMs: number
  hasOrdered: boolean
}

export function watchGroups() {
  const open = new Map<string, OpenVisit>()
  const groups = new Map<string, { visits: number; ordered: number }>()
  const begin = (visitor: string, arm: string, timeMs: number) => {
    if (open.size >= VISITORS_MAXIMUM) dropOldest(open)
    open.set(visitor, { arm, lastMs: timeMs, hasOrdered: false })
    const group = groups.get(arm) ?? { visits: 0, ordered: 0 }
    group.visits++
    groups.set(arm, group)
  }
  return {
    see(event: EventLine, timeMs: number) {
      const visitor = event.visitor_id
      if (visitor === undefined) return
      let visit = open.get(visitor)
      if (visit !== undefined && !continuesSession(visit.lastMs, timeMs)) {
        open.delete(visitor)
        visit = undefined
      }
      if (visit !== undefined) visit.lastMs = Math.max(visit.lastMs, timeMs)
      const arm = event.properties?.arm
      if (visit === undefined && event.event_type === 'recommendation_view' && arm !== undefined)
        begin(visitor, arm, timeMs)
      if (visit === undefined || visit.hasOrdered || event.event_type !== 'purchase') return
      visit.hasOrdered = true
      groups.get(visit.arm)!.ordered++
    },
    result: (): Groups => groups,
  }
}

/** Null where a group is missing or did not order. @source ratio of two proportions, log-normal interval */
export function gradeLift(groups: Groups, truth: number | null): LiftGrade | null {
  const model = groups.get('model')
  const random = groups.get('random')
  if (model === undefined || random === undefined || model.ordered === 0 || random.ordered === 0) return null
  const log = Math.log(model.ordered / model.visits) - Math.log(random.ordered / random.visits)
  const deviation = Math.sqrt(1 / model.ordered - 1 / model.visits + 1 / random.ordered - 1 / random.visits)
  return {
    lift: Math.exp(log) - 1,
    low: Math.exp(log - CREDIBLE * deviation) - 1,
    high: Math.exp(log + CREDIBLE * deviation) - 1,
    truth,
    visits: { model: model.visits, random: random.visits },
  }
}
