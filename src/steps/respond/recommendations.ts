/**
 * respond/recommendations: which stored lists answer which placement.
 *
 * In: the placements of a page, a visitor or user, perhaps a product.
 * Out: a slate for each; never empty while something in the catalogue can be bought, but for `recent`, which shows what
 *   the visitor looked at and nothing else.
 * Invariant: a read never ranks; `as_of` is true of the list that is sent; no page shows a style twice.
 */
import { HemlineError } from '../../std/errors.ts'
import { invalidParameter, oneOf, wholeNumber, type Query } from '../../std/query.ts'
import { PLACEMENTS, PRODUCT_PLACEMENTS, VISITOR_PLACEMENTS, type Placement } from '../../parts/event/placement.ts'
import { suitsGender } from '../../parts/event/product.ts'
import type { Rule } from '../../parts/event/rule.ts'
import type { ServingReader } from '../../parts/serving/port.ts'
import { languageOf } from '../../parts/serving/reasons.ts'
import { ruleBookOf } from '../../parts/serving/rule-book.ts'
import { slateIdOf, type ServingCheckpoint, type StoredList, type VisitorEntry } from '../../parts/serving/slate.ts'
import { formatTime } from '../../parts/event/time.ts'
import type { Position } from '../../parts/stream/position.ts'
import { pageShown } from './page-shown.ts'
import { answerSlate, laterPosition, type SlateAnswer } from './slate-answer.ts'

const DEFAULT_LIMIT = 20
/** Lists that are the same for everyone; they fill what others lack. */
const SHOP_PLACEMENTS = ['trending', 'new_in'] as const
const MAX_LIMIT = 50

/** Of a read of one slate. */
export const SLATE_PARAMETERS = ['visitor_id', 'user_id', 'placement', 'product_id', 'limit', 'locale', 'key'] as const
/** Of a read that may ask for several at once. */
export const PAGE_PARAMETERS = [...SLATE_PARAMETERS, 'placements'] as const

export interface PageRequest {
  /** Each at most once; the first has the first choice of products. */
  readonly placements: readonly Placement[]
  readonly visitorKey: string | null
  readonly productId: string | null
  /** Products of each slate. */
  readonly limit: number
  readonly locale: string | null
}

/** @throws HEM_HTTP_PARAMETER_INVALID */
export function pageRequest(serving: ServingReader, query: Query, acceptLanguage: string | null): PageRequest {
  const placements = readPlacements(query)
  const visitorKey = readVisitorKey(serving, query)
  const productId = query.get('product_id') ?? null
  for (const placement of placements) {
    if (visitorKey === null && VISITOR_PLACEMENTS.has(placement)) {
      throw invalidParameter('visitor_id', `visitor_id or user_id for placement ${placement}`, 'neither')
    }
    if (productId === null && PRODUCT_PLACEMENTS.has(placement)) {
      throw invalidParameter('product_id', `a product_id for placement ${placement}`, 'none')
    }
  }
  return {
    placements,
    visitorKey,
    productId,
    limit: wholeNumber(query, 'limit', { least: 1, most: MAX_LIMIT, fallback: DEFAULT_LIMIT }),
    locale: query.get('locale') ?? acceptLanguage,
  }
}

function readPlacements(query: Query): readonly Placement[] {
  const several = query.get('placements')
  if (several === undefined) return [oneOf(query, 'placement', { choices: PLACEMENTS, fallback: 'home' })]
  if (query.has('placement')) throw invalidParameter('placements', 'either placement or placements', 'both')
  const placements = several.split(',').map((name) => {
    const placement = PLACEMENTS.find((known) => known === name)
    if (placement !== undefined) return placement
    throw invalidParameter('placements', `a list of ${PLACEMENTS.join(', ')}`, `"${name.slice(0, 64)}"`)
  })
  if (new Set(placements).size === placements.length) return placements
  throw invalidParameter('placements', 'each placement once', 'one of them twice')
}

function readVisitorKey(serving: ServingReader, query: Query): string | null {
  const visitorId = query.get('visitor_id')
  const userId = query.get('user_id')
  if (visitorId !== undefined && userId !== undefined) {
    throw invalidParameter('user_id', 'either visitor_id or user_id', 'both')
  }
  if (visitorId === '' || userId === '') throw invalidParameter('visitor_id', 'an id', 'an empty one')
  if (visitorId === undefined && userId === undefined) return null
  return visitorKeyOf(serving, { visitorId: visitorId ?? null, userId: userId ?? null })
}

/** A user reads as the visitor last seen for them. */
export function visitorKeyOf(
  serving: ServingReader,
  who: { readonly visitorId: string | null; readonly userId: string | null },
): string {
  return who.visitorId ?? serving.visitorOfUser(who.userId ?? '') ?? `user:${who.userId}`
}

export interface ReadOptions {
  /** The rules that hold at this instant apply. */
  readonly nowMs: number
  /** The shop's rules where absent; others for a preview. */
  readonly rules?: readonly Rule[]
}

/**
 * One slate for each placement, in the order asked for.
 *
 * @throws HEM_HTTP_NOT_FOUND for a product the catalogue does not hold
 * @throws HEM_SERVING_NOT_READY until the first lists are written after a first start
 */
export function readPage(serving: ServingReader, request: PageRequest, options: ReadOptions): readonly SlateAnswer[] {
  // Before any list: what is read after it knows of everything up to it.
  const checkpoint = serving.checkpoint()
  const { productId, visitorKey } = request
  if (productId !== null) requireProduct(serving, productId)
  const visitor = visitorKey === null ? null : serving.visitor(visitorKey)
  const excluded = new Set(visitor?.excluded)
  if (productId !== null) excluded.add(productId)
  const book = ruleBookOf(options.rules ?? serving.rules())
  const language = languageOf(request.locale)
  const page = pageShown()
  return request.placements.map((placement) => {
    const sources = sourcesOf(serving, placement, { request, visitor, checkpoint, nowMs: options.nowMs })
    const rules = book.at(placement, options.nowMs)
    const slate = answerSlate(serving, sources, { placement, limit: request.limit, language, excluded, rules, page })
    if (slate === null) throw notReady()
    return slate
  })
}

/** The slate of a request for one placement. @throws as `readPage` */
export function readSlate(serving: ServingReader, request: PageRequest, options: ReadOptions): SlateAnswer {
  return readPage(serving, request, options)[0]
}

interface Reading {
  readonly request: PageRequest
  readonly visitor: VisitorEntry | null
  /** Read before the visitor. */
  readonly checkpoint: ServingCheckpoint | null
  readonly nowMs: number
}

/** The placement's own list, then what fills it where it is short. */
function sourcesOf(serving: ServingReader, placement: Placement, reading: Reading): (() => StoredList | null)[] {
  if (placement === 'recent') return [() => recentList(reading)]
  const own = () => ownList(serving, placement, reading)
  const shop = SHOP_PLACEMENTS.map((kind) => () => serving.list(kind, ''))
  const gender = reading.visitor?.gender ?? null
  if (gender === null) return [own, ...shop]
  // What is made for the shopper first, also where the list is everyone's.
  const fitting = (list: () => StoredList | null) => () => madeFor(serving, list(), gender)
  const isShops = SHOP_PLACEMENTS.some((kind) => kind === placement)
  return [isShops ? fitting(own) : own, ...shop.map(fitting), own, ...shop]
}

/** A list of the whole shop without what is made for another gender. */
function madeFor(serving: ServingReader, list: StoredList | null, gender: string): StoredList | null {
  if (list === null) return null
  const isFor = (productId: string): boolean => {
    const product = serving.product(productId)
    return product !== null && suitsGender(product, gender)
  }
  return { ...list, items: list.items.filter((item) => isFor(item.product_id)) }
}

function ownList(
  serving: ServingReader,
  placement: Exclude<Placement, 'recent'>,
  { request, visitor, checkpoint }: Reading,
): StoredList | null {
  switch (placement) {
    case 'home':
      return trueUpTo(visitor?.home ?? null, checkpoint?.slates)
    case 'cart':
      return trueUpTo(visitor?.cart ?? null, checkpoint?.slates)
    case 'product':
      return trueUpTo(serving.list('similar', request.productId ?? ''), checkpoint?.lists)
    case 'goes_with':
      return trueUpTo(serving.list('goes_with', request.productId ?? ''), checkpoint?.lists)
    case 'trending':
    case 'new_in':
      return serving.list(placement, '')
  }
}

const LOOKED_AT = { code: 'viewed_again', params: {} }

/** What the visitor looked at, newest first; as true as their own list. */
function recentList({ request, visitor, checkpoint, nowMs }: Reading): StoredList | null {
  const madeUpTo = visitor?.home.as_of ?? checkpoint?.slates
  if (madeUpTo === undefined) return null
  return {
    slate_id: slateIdOf({ whom: request.visitorKey ?? '', placement: 'recent', asOf: madeUpTo }),
    items: (visitor?.recent ?? []).map((id, place) => ({ product_id: id, score: 1 / (1 + place), reason: LOOKED_AT })),
    computed_at: formatTime(nowMs),
    as_of: laterPosition(madeUpTo, checkpoint?.slates ?? null),
  }
}

/** A list that nothing made stale is as true as of the checkpoint as it was when it was made. */
function trueUpTo(list: StoredList | null, checkpoint: Position | undefined): StoredList | null {
  return list === null ? null : { ...list, as_of: laterPosition(list.as_of, checkpoint ?? null) }
}

export function requireProduct(serving: ServingReader, productId: string) {
  const product = serving.product(productId)
  if (product !== null) return product
  throw new HemlineError('HEM_HTTP_NOT_FOUND', {
    subject: `product "${productId.slice(0, 64)}"`,
    expected: 'an id of the catalogue',
    got: 'an unknown one',
    remedy: 'check the id, or add the product with PUT /v1/products',
  })
}

function notReady(): HemlineError {
  return new HemlineError('HEM_SERVING_NOT_READY', {
    subject: 'recommendations',
    expected: 'a first list in the serving store',
    got: 'none yet',
    remedy: 'try again in a second; GET /readyz says when',
  })
}
