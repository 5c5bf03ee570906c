/**
 * event/event: what an event is once Hemline has accepted it.
 *
 * In: nothing; these are the types and words of the contract.
 * Out: `HemlineEvent`, the fields as they rest in the stream and in the lake, and which types carry products.
 * Invariant: fields are snake_case as on the wire, absent values are null, money is a decimal string.
 */

/** Types that make no sense without a product. */
export const PRODUCT_EVENT_TYPES: ReadonlySet<string> = new Set([
  'product_view',
  'add_to_cart',
  'remove_from_cart',
  'recommendation_click',
])

/** Types whose `items` become one event a product. */
export const ITEM_EVENT_TYPES: ReadonlySet<string> = new Set([
  'product_list_view',
  'recommendation_view',
  'begin_checkout',
  'purchase',
  'refund',
])

export type DeviceClass = 'desktop' | 'mobile' | 'tablet' | 'unknown'
export type EventOrigin = 'live' | 'import'

/** Facts a collector adds; the rest is what the client sent. */
export interface CollectedFacts {
  /** Collector's clock, ISO 8601 UTC with milliseconds. */
  readonly received_at: string
  /** Client time corrected by the client's own sending time; ISO 8601 UTC. */
  readonly corrected_at: string
  readonly device_class: DeviceClass
  readonly is_bot: boolean
  readonly origin: EventOrigin
  /** True where the catalogue did not hold the product when the event came. */
  readonly unknown_product: boolean
  /** True where the client's time lay more than 24 h ahead and was set back to `received_at`. */
  readonly time_clamped: boolean
  /** Client's network, truncated to /24 or /48; null for imports. */
  readonly ip_network: string | null
}

/** One accepted event. Sizes: strings at most 2,048 characters, `properties` at most 8 KiB as JSON. */
export interface HemlineEvent extends CollectedFacts {
  readonly event_id: string
  /**
   * One of page_view, product_view, product_list_view, search, add_to_cart, remove_from_cart, begin_checkout, purchase,
   * refund, recommendation_view, recommendation_click, identify, unidentify. Any other type is kept and not learned from.
   */
  readonly event_type: string
  /** Client's clock, ISO 8601 UTC with milliseconds; the received time where the client sent none. */
  readonly timestamp: string
  readonly visitor_id: string | null
  readonly user_id: string | null
  readonly product_id: string | null
  readonly variant_id: string | null
  readonly quantity: number | null
  /** Decimal string with two places, such as "39.90". */
  readonly unit_price: string | null
  readonly currency: string | null
  readonly order_id: string | null
  readonly query: string | null
  readonly slate_id: string | null
  readonly placement: string | null
  readonly position: number | null
  readonly client_sequence: number | null
  readonly page_url: string | null
  readonly referrer: string | null
  readonly locale: string | null
  readonly campaign: string | null
  /** JSON object such as {"analytics":true,"personalisation":false}, or null. */
  readonly consent: Readonly<Record<string, unknown>> | null
  readonly properties: Readonly<Record<string, unknown>>
}

/**
 * The key that sessions, slates and partitions go by: the visitor, else the user in a space of its own,
 * since user 42 is not visitor 42.
 */
export function visitorKeyOf(event: Pick<HemlineEvent, 'visitor_id' | 'user_id'>): string {
  return event.visitor_id ?? `user:${event.user_id}`
}

/** A refused event: kept with its bytes, answered with its index in the request. */
export interface RefusedEvent {
  /** Place in the request's `events`, from 0. */
  readonly index: number
  readonly code: string
  readonly message: string
  /** The event as it came, JSON text, at most 64 KiB. */
  readonly body: string
}
