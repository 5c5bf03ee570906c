/**
 * collect/collector: takes events and products in, and answers once they are on disk.
 *
 * In: parsed events and products of one request, with the facts of the request.
 * Out: records in the stream; counts, and a code and a reason for each refused entry.
 * Guarantee: at least once from the client's view; a repeated event id within the stream's window is dropped.
 *   Late events up to 7 days are taken, refused ones are kept in the stream with their bytes.
 * Invariant: a bad event never spoils its batch; nothing is counted that is not on disk.
 */
import { createEventIdSource, type RandomBytes } from '../../parts/event/event-id.ts'
import { visitorKeyOf, type EventOrigin, type HemlineEvent, type RefusedEvent } from '../../parts/event/event.ts'
import { networkOf } from '../../parts/event/ip-network.ts'
import { normaliseEvent, type RequestFacts } from '../../parts/event/normalise.ts'
import { normaliseProduct } from '../../parts/event/product-schema.ts'
import type { Product } from '../../parts/event/product.ts'
import { formatTime, parseTime } from '../../parts/event/time.ts'
import { readUserAgent } from '../../parts/event/user-agent.ts'
import { variantLabel, variantOf, type Experiment } from '../../parts/serving/experiment.ts'
import { groupEvents, groupProducts, groupRefused } from '../../parts/stream/grouping.ts'
import type { StreamWriter } from '../../parts/stream/port.ts'
import type { Position } from '../../parts/stream/position.ts'
import type { StreamRecord } from '../../parts/stream/record.ts'
import type { Clock } from '../../std/clock.ts'
import { createLedger, type LedgerTotals } from './ledger.ts'
import { createProductMemory } from './product-memory.ts'

export interface CollectorOptions {
  readonly stream: StreamWriter
  /** Visitors' events carry their variant of it. */
  readonly experiment?: Experiment | null
  /** Whether the catalogue holds a product; products put through this collector are known at once. */
  readonly isKnownProduct: (productId: string) => boolean
  readonly clock: Clock
  readonly randomBytes: RandomBytes
  /** Told of each visitor who sends something, once it is on disk, and of a position that covers it. */
  readonly onAct?: (visitorKey: string, last: Position) => void
}

interface CollectRequest {
  readonly events: readonly unknown[]
  /** Client's clock when it sent the request, as it came; ignored where it is no time. */
  readonly sentAt?: unknown
  readonly origin: EventOrigin
  /** The collector's clock where absent; for replays of the past. */
  readonly receivedAtMs?: number
  readonly userAgent?: string | null
  readonly ip?: string | null
  /** `Sec-GPC: 1`: the network is not kept and the consent says so. */
  readonly globalPrivacyControl?: boolean
  /** Entries refused before they became values, such as rows of a file; `index` is theirs in the request. */
  readonly refused?: readonly RefusedEvent[]
}

interface Rejection {
  readonly index: number
  readonly code: string
  readonly message: string
}

/** Counts are of entries as sent: an order with three items is one. */
interface CollectAnswer {
  readonly accepted: number
  readonly duplicates: number
  readonly rejected: readonly Rejection[]
  /** Covers everything accepted here, and the originals of duplicates. */
  readonly last: Position
}

interface ProductsAnswer {
  readonly accepted: number
  readonly rejected: readonly Rejection[]
  readonly last: Position
}

export interface Collector {
  /** @throws HEM_STREAM_FULL, HEM_STREAM_DISK_FULL, HEM_STREAM_WRITE_FAILED, HEM_STREAM_CLOSED: nothing was acknowledged */
  collect(request: CollectRequest): Promise<CollectAnswer>
  /** @throws as `collect` */
  putProducts(products: readonly unknown[]): Promise<ProductsAnswer>
  isKnownProduct(productId: string): boolean
  ledger(): LedgerTotals
}

export function createCollector(options: CollectorOptions): Collector {
  const { stream, clock } = options
  const newEventId = createEventIdSource(clock, options.randomBytes)
  const known = createProductMemory(options.isKnownProduct)
  const ledger = createLedger()

  return {
    isKnownProduct: known.has,
    ledger: () => ledger.totals(),
    async collect(request) {
      const facts = factsOf(request, { newEventId, isKnownProduct: known.has, nowMs: clock.nowMs() })
      const { entries, events: normalised, refused } = normaliseAll(request, facts)
      const events = withVariants(normalised, options.experiment ?? null)
      const records = [...groupEvents(events, facts.receivedAt), ...groupRefused(refused, facts.receivedAt)]
      const { last, duplicateEventIds } = await stream.append(records)
      if (request.origin === 'live') for (const key of visitorsOf(records)) options.onAct?.(key, last)
      const duplicates = countDuplicates(entries, duplicateEventIds)
      ledger.countEvents({
        accepted: events.length - duplicateEventIds.length,
        duplicates: duplicateEventIds.length,
        rejected: refused.length,
      })
      return { accepted: entries.length - duplicates, duplicates, rejected: refused.map(withoutBody), last }
    },
    async putProducts(wire) {
      const products: Product[] = []
      const rejected: Rejection[] = []
      for (const [index, entry] of wire.entries()) {
        const result = normaliseProduct(entry)
        if ('product' in result) products.push(result.product)
        else rejected.push({ index, ...result.refusal })
      }
      const { last } = await stream.append(groupProducts(products, formatTime(clock.nowMs())))
      for (const product of products) known.remember(product.id)
      ledger.countProducts(products.length)
      return { accepted: products.length, rejected, last }
    },
  }
}

function factsOf(
  request: CollectRequest,
  given: Pick<RequestFacts, 'newEventId' | 'isKnownProduct'> & { readonly nowMs: number },
): RequestFacts {
  const { sentAt } = request
  const receivedAtMs = request.receivedAtMs ?? given.nowMs
  const hidesNetwork = request.globalPrivacyControl === true || request.origin === 'import'
  return {
    receivedAtMs,
    receivedAt: formatTime(receivedAtMs),
    sentAtMs: typeof sentAt === 'string' || typeof sentAt === 'number' ? parseTime(sentAt) : null,
    origin: request.origin,
    ip_network: hidesNetwork ? null : networkOf(request.ip ?? null),
    newEventId: given.newEventId,
    isKnownProduct: given.isKnownProduct,
    ...readUserAgent(request.userAgent ?? null),
  }
}

interface NormalisedRequest {
  /** For each accepted entry of the request, the ids it became. */
  readonly entries: readonly (readonly HemlineEvent[])[]
  readonly events: readonly HemlineEvent[]
  readonly refused: readonly RefusedEvent[]
}

function normaliseAll(request: CollectRequest, facts: RequestFacts): NormalisedRequest {
  const entries: (readonly HemlineEvent[])[] = []
  const events: HemlineEvent[] = []
  const refused: RefusedEvent[] = [...(request.refused ?? [])]
  for (const [index, wire] of request.events.entries()) {
    const result = normaliseEvent(wire, facts)
    if ('refusal' in result) {
      refused.push({ index, ...result.refusal, body: textOf(wire) })
      continue
    }
    const became = request.globalPrivacyControl ? result.events.map(withoutSharing) : result.events
    entries.push(became)
    for (const event of became) events.push(event)
  }
  return { entries, events, refused }
}

function visitorsOf(records: readonly StreamRecord[]): readonly string[] {
  return records.flatMap((record) => (record.kind === 'events' ? [record.visitor_key] : []))
}

/** The variant that the visitor sees now, as a property, so that the lake knows it for good. Imports saw none. */
function withVariants(events: readonly HemlineEvent[], experiment: Experiment | null): readonly HemlineEvent[] {
  if (experiment === null) return events
  return events.map((event) => {
    const variant = event.origin === 'import' ? null : variantOf(experiment, visitorKeyOf(event))
    if (variant === null) return event
    return { ...event, properties: { ...event.properties, experiment_variant: variantLabel(experiment, variant) } }
  })
}

/** What `Sec-GPC: 1` asks for, written where consent is read. */
function withoutSharing(event: HemlineEvent): HemlineEvent {
  return { ...event, consent: { ...event.consent, sale_or_sharing: false } }
}

/** How many entries brought nothing new: all of their ids were known. */
function countDuplicates(entries: NormalisedRequest['entries'], duplicateIds: readonly string[]): number {
  if (duplicateIds.length === 0) return 0
  const left = new Map<string, number>()
  for (const id of duplicateIds) left.set(id, (left.get(id) ?? 0) + 1)
  let duplicates = 0
  for (const events of entries) {
    if (!events.every((event) => (left.get(event.event_id) ?? 0) > 0)) continue
    for (const { event_id: id } of events) left.set(id, (left.get(id) ?? 0) - 1)
    duplicates++
  }
  return duplicates
}

function withoutBody({ index, code, message }: RefusedEvent): Rejection {
  return { index, code, message }
}

/** The entry as JSON; a value that cannot be written is too deep to be worth keeping whole. */
function textOf(wire: unknown): string {
  try {
    return JSON.stringify(wire) ?? String(wire)
  } catch {
    return '"(nested too deep to keep)"'
  }
}
