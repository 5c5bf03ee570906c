/**
 * evaluate/ours: the production recommender, measured as it runs.
 *
 * In: events and prefixes.
 * Out: its ranked list, without the slate rules that published tables do not have.
 * Invariant: learns and ranks by the code of `parts/model` alone.
 */
import { SESSION_IDLE_MS } from '../../parts/event/session-rules.ts'
import { learn } from '../../parts/model/learn/learn.ts'
import { createModel, type Model } from '../../parts/model/model.ts'
import type { ModelOptions } from '../../parts/model/options.ts'
import { rankItems, rankVisitor } from '../../parts/model/rank/rank.ts'
import { findItem } from '../../parts/model/state/items.ts'
import { SUGGESTIONS, type Contender, type Prefix } from './contender.ts'

export function ours(options: Partial<ModelOptions> = {}): Contender & { readonly model: Model } {
  const model = createModel(options)
  const lastMs = new Map<number, number>()
  return {
    name: 'ours',
    model,
    learn(event) {
      // The file says where a session ends, so a long pause inside one must not end it here.
      const before = lastMs.get(event.session)
      const timeMs = before === undefined ? event.timeMs : Math.min(event.timeMs, before + SESSION_IDLE_MS)
      lastMs.set(event.session, timeMs)
      const visitorKey = String(event.session)
      const { item: productId, action } = event
      learn(model, { visitorKey, productId, action, timeMs, position: visitorKey })
    },
    suggest: (prefix) => named(model, ranked(model, prefix)),
  }
}

function ranked(model: Model, prefix: Prefix): Int32Array {
  if (prefix.session >= 0) return rankVisitor(model, String(prefix.session), SUGGESTIONS)
  const items = prefix.items.map((id) => findItem(model.items, id)).filter((item) => item >= 0)
  return rankItems(model, items, SUGGESTIONS)
}

function named(model: Model, items: Int32Array): string[] {
  return Array.from(items, (item) => model.items.productIds[item])
}
