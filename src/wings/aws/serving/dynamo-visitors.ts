/**
 * aws/serving/dynamo-visitors: visitors in the serving table, one item each.
 *
 * In: lists and memory of a visitor with the position of their newest record.
 * Out: the same by key; who a user was seen as last; what is a person's, taken out.
 * Guarantee: effectively once: a write at or before the position that rests there changes nothing, so of any number of
 *   writers the one with the newest record wins.
 * Invariant: an item whose time is over is not there, although DynamoDB takes it away hours later.
 */
import type { ForgettingStore } from '../../../parts/serving/port.ts'
import type { StoredVisitor, VisitorStore } from '../../../parts/serving/visitor-store.ts'
import type { Clock } from '../../../std/clock.ts'
import type { AwsAccess } from '../access.ts'
import { openTable } from './table.ts'
import {
  EXPIRES,
  isExpired,
  SEQUENCE,
  sequenceOf,
  userItemKey,
  visitorAttributes,
  visitorItemKey,
  visitorOf,
} from './visitor-item.ts'

const DAY_MS = 86_400_000
const DEFAULT_KEPT_DAYS = 90
/** Keys of users that were seen as the visitor; of a device with more than 40, the rest lapse with their time. */
const USERS = 'users'

export interface DynamoVisitorsOptions {
  readonly access: AwsAccess
  /** Name of the table, such as "fashion-rcm-table". */
  readonly table: string
  readonly clock: Clock
  /** Days that a visitor is remembered after their last event; 90 where absent. */
  readonly keptDays?: number
}

export interface DynamoVisitors extends VisitorStore, ForgettingStore {
  close(): void
}

export function openDynamoVisitors(options: DynamoVisitorsOptions): DynamoVisitors {
  const { clock, keptDays = DEFAULT_KEPT_DAYS } = options
  const table = openTable(options.access, options.table)
  const expiresAtS = (): number => Math.ceil((clock.nowMs() + keptDays * DAY_MS) / 1000)

  return {
    async read(visitorKeys) {
      const items = await table.read(visitorKeys.map(visitorItemKey))
      const found = visitorKeys.flatMap((key): [string, StoredVisitor][] => {
        const item = items.get(visitorItemKey(key))
        const visitor = item === undefined ? null : visitorOf(item, clock.nowMs())
        return visitor === null ? [] : [[key, visitor]]
      })
      return new Map(found)
    },
    write: (visitorKey, visitor) =>
      table.setNewer(visitorItemKey(visitorKey), visitorAttributes(visitor, expiresAtS())),
    async visitorOfUser(userId) {
      const key = userItemKey(userId)
      const item = (await table.read([key])).get(key)
      return item === undefined || isExpired(item, clock.nowMs()) ? null : (item['visitor_key']?.S ?? null)
    },
    async writeUser(userId, { visitorKey, position }) {
      // First where it is found from: whoever is forgotten is forgotten under every name they had.
      await table.addTo(visitorItemKey(visitorKey), USERS, userItemKey(userId))
      return table.setNewer(userItemKey(userId), {
        visitor_key: { S: visitorKey },
        [SEQUENCE]: sequenceOf(position),
        [EXPIRES]: { N: String(expiresAtS()) },
      })
    },
    async forget({ visitorKeys, userIds }) {
      const visitors = await table.read(visitorKeys.map(visitorItemKey))
      const seenAs = await table.read([...visitors.values()].flatMap((item) => item[USERS]?.SS ?? []))
      const theirs = [...seenAs].filter(([, item]) => visitorKeys.includes(item['visitor_key']?.S ?? ''))
      await table.remove([
        ...visitorKeys.map(visitorItemKey),
        ...userIds.map(userItemKey),
        ...theirs.map(([key]) => key),
      ])
    },
    // DynamoDB keeps deleted items in its backups alone, for as long as those are kept.
    async clearForgotten() {},
    close: () => table.close(),
  }
}
