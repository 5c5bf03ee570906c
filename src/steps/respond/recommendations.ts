/**
 * respond/recommendations: which stored lists answer which placement.
 *
 * In: a placement, a visitor or user, perhaps a product.
 * Out: the slate to send; never empty while something in the catalogue can be bought.
 * Invariant: a read never ranks; `as_of` is true of the list that is sent.
 */
import { HemlineError } from '../../std/errors.ts'
import { invalidParameter, oneOf, wholeNumber, type Query } from '../../std/query.ts'
import type { ServingReader } from '../../parts/serving/port.ts'
import { languageOf } from '../../parts/serving/reasons.ts'
import type { ServingCheckpoint, StoredList, VisitorEntry } from '../../parts/serving/slate.ts'
import type { Position } from '../../parts/stream/position.ts'
import { answerSlate, laterPosition, type SlateAnswer } from './slate-answer.ts'

export const PLACEMENTS = ['home', 'product', 'cart', 'trending', 'new_in'] as const
export type Placement = (typeof PLACEMENTS)[number]

const DEFAULT_LIMIT = 20
const MAX_LIMIT = 50

export const RECOMMENDATION_PARAMETERS = [
  'visitor_id',
  'user_id',
  'placement',
  'product_id',
  'limit',
  'locale',
  'key',
] as const

export interface SlateRequest {
  readonly placement: Placement
  readonly visitorKey: string | null
  readonly productId: string | null
  readonly limit: number
  readonly locale: string | null
}

/** @throws HEM_HTTP_PARAMETER_INVALID */
export function slateRequest(serving: ServingReader, query: Query, acceptLanguage: string | null): SlateRequest {
  const placement = oneOf(query, 'placement', { choices: PLACEMENTS, fallback: 'home' })
  const visitorKey = readVisitorKey(serving, query)
  const productId = query.get('product_id') ?? null
  if (visitorKey === null && (placement === 'home' || placement === 'cart')) {
    throw invalidParameter('visitor_id', `visitor_id or user_id for placement ${placement}`, 'neither')
  }
  if (placement === 'product' && productId === null) {
    throw invalidParameter('product_id', 'a product_id for placement product', 'none')
  }
  return {
    placement,
    visitorKey,
    productId,
    limit: wholeNumber(query, 'limit', { least: 1, most: MAX_LIMIT, fallback: DEFAULT_LIMIT }),
    locale: query.get('locale') ?? acceptLanguage,
  }
}

function readVisitorKey(serving: ServingReader, query: Query): string | null {
  const visitorId = query.get('visitor_id')
  const userId = query.get('user_id')
  if (visitorId !== undefined && userId !== undefined) {
    throw invalidParameter('user_id', 'either visitor_id or user_id', 'both')
  }
  if (visitorId === '' || userId === '') throw invalidParameter('visitor_id', 'an id', 'an empty one')
  if (userId !== undefined) return serving.visitorOfUser(userId) ?? `user:${userId}`
  return visitorId ?? null
}

/**
 * @throws HEM_HTTP_NOT_FOUND for a product the catalogue does not hold
 * @throws HEM_SERVING_NOT_READY until the first lists are written after a first start
 */
export function readSlate(serving: ServingReader, request: SlateRequest): SlateAnswer {
  // Before any list: what is read after it knows of everything up to it.
  const checkpoint = serving.checkpoint()
  if (request.productId !== null) requireProduct(serving, request.productId)
  const visitor = request.visitorKey === null ? null : serving.visitor(request.visitorKey)
  const excluded = new Set(visitor?.excluded)
  if (request.productId !== null) excluded.add(request.productId)
  const sources = [() => primaryList(serving, { request, visitor, checkpoint }), ...shopLists(serving)]
  const answer = answerSlate(serving, sources, {
    placement: request.placement,
    limit: request.limit,
    language: languageOf(request.locale),
    excluded,
  })
  if (answer !== null) return answer
  throw new HemlineError('HEM_SERVING_NOT_READY', {
    subject: 'recommendations',
    expected: 'a first list in the serving store',
    got: 'none yet',
    remedy: 'try again in a second; GET /readyz says when',
  })
}

interface Reading {
  readonly request: SlateRequest
  readonly visitor: VisitorEntry | null
  /** Read before the visitor. */
  readonly checkpoint: ServingCheckpoint | null
}

function primaryList(serving: ServingReader, { request, visitor, checkpoint }: Reading): StoredList | null {
  switch (request.placement) {
    case 'home':
      return trueUpTo(visitor?.home ?? null, checkpoint?.slates)
    case 'cart':
      return trueUpTo(visitor?.cart ?? null, checkpoint?.slates)
    case 'product':
      return trueUpTo(serving.list('similar', request.productId ?? ''), checkpoint?.lists)
    case 'trending':
    case 'new_in':
      return serving.list(request.placement, '')
  }
}

/** What fills a list that is short. */
function shopLists(serving: ServingReader): (() => StoredList | null)[] {
  return (['trending', 'new_in'] as const).map((kind) => () => serving.list(kind, ''))
}

/** A list that nothing made stale is as true as of the checkpoint as it was when it was made. */
function trueUpTo(list: StoredList | null, checkpoint: Position | undefined): StoredList | null {
  return list === null ? null : { ...list, as_of: laterPosition(list.as_of, checkpoint ?? null) }
}

/** A product's own list, `similar` or `goes_with`, with the same filters. */
export function readProductList(
  serving: ServingReader,
  kind: 'similar' | 'goes_with',
  options: { readonly productId: string; readonly limit: number; readonly locale: string | null },
): SlateAnswer {
  const checkpoint = serving.checkpoint()
  requireProduct(serving, options.productId)
  const own = () => trueUpTo(serving.list(kind, options.productId), checkpoint?.lists)
  const sources = [own, ...shopLists(serving)]
  const answer = answerSlate(serving, sources, {
    placement: kind,
    limit: options.limit,
    language: languageOf(options.locale),
    excluded: new Set([options.productId]),
  })
  if (answer !== null) return answer
  throw productMissing(options.productId)
}

export function requireProduct(serving: ServingReader, productId: string) {
  const product = serving.product(productId)
  if (product === null) throw productMissing(productId)
  return product
}

function productMissing(productId: string): HemlineError {
  return new HemlineError('HEM_HTTP_NOT_FOUND', {
    subject: `product "${productId.slice(0, 64)}"`,
    expected: 'an id of the catalogue',
    got: 'an unknown one',
    remedy: 'check the id, or add the product with PUT /v1/products',
  })
}
