/**
 * respond/rank-request: reads the body of POST /v1/rank.
 *
 * In: {"visitor_id": "…", "product_ids": ["…"]}, or user_id; locale where another language is wanted.
 * Out: whom to rank for, and what.
 * Invariant: an unknown field is refused, never ignored; a list that is too long is refused as a whole.
 */
import { HemlineError } from '../../std/errors.ts'

const FIELDS = ['visitor_id', 'user_id', 'product_ids', 'locale']
const MAX_PRODUCTS = 500
const MAX_ID_CHARACTERS = 256

export interface RankRequest {
  readonly visitorId: string | null
  readonly userId: string | null
  readonly productIds: readonly string[]
  readonly locale: string | null
}

/** @throws HEM_RANK_INVALID */
export function rankRequestOf(body: unknown): RankRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid('the body', '{"visitor_id":"…","product_ids":["…"]}', 'another JSON value')
  }
  const fields = body as Readonly<Record<string, unknown>>
  for (const name of Object.keys(fields)) {
    if (!FIELDS.includes(name))
      throw invalid(`field "${name.slice(0, 64)}"`, `one of ${FIELDS.join(', ')}`, 'another name')
  }
  const visitorId = textOf('visitor_id', fields['visitor_id'])
  const userId = textOf('user_id', fields['user_id'])
  if ((visitorId === null) === (userId === null)) {
    throw invalid('visitor_id', 'either visitor_id or user_id', visitorId === null ? 'neither' : 'both')
  }
  const listed = fields['product_ids']
  if (!Array.isArray(listed) || listed.length === 0 || listed.length > MAX_PRODUCTS) {
    throw invalid(
      'product_ids',
      `a list of 1 to ${MAX_PRODUCTS} ids`,
      Array.isArray(listed) ? `${listed.length}` : 'no list',
    )
  }
  const productIds = listed.map((entry: unknown) => {
    const id = textOf('product_ids', typeof entry === 'number' ? String(entry) : entry)
    if (id === null) throw invalid('product_ids', 'an id', 'null')
    return id
  })
  return { visitorId, userId, productIds, locale: textOf('locale', fields['locale']) }
}

function textOf(name: string, value: unknown): string | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'string' && value !== '' && value.length <= MAX_ID_CHARACTERS) return value
  throw invalid(name, `a text of 1 to ${MAX_ID_CHARACTERS} characters`, 'something else')
}

function invalid(subject: string, expected: string, got: string): HemlineError {
  return new HemlineError('HEM_RANK_INVALID', {
    subject,
    expected,
    got,
    remedy: 'correct it and send the request again',
  })
}
