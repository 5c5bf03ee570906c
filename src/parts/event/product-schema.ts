/**
 * event/product-schema: a product as shops and files write it, made into a `Product`.
 *
 * In: one parsed JSON object or row of a file, with Kaggle's names (masterCategory) or ours (master_category).
 * Out: a product, or a refusal with a code and a reason.
 * Invariant: never throws; unknown fields become attributes, so that none is lost.
 */
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { ErrorCode } from '../../std/error-codes.ts'
import { decimalOf } from './decimal.ts'
import { unsafeIn } from './json-guard.ts'
import type { Product, ProductVariant } from './product.ts'
import { formatTime, parseTime } from './time.ts'

const MAX_TEXT_CHARACTERS = 512
const MAX_VARIANTS = 200
const MAX_ATTRIBUTES = 64
const MAX_PRODUCT_CHARACTERS = 24 * 1024
const MAX_STOCK = 1_000_000_000

const scalar = Type.Union([Type.Null(), Type.String({ maxLength: 2048 }), Type.Number(), Type.Boolean()])
const variant = Type.Object({
  variant_id: Type.Union([Type.String({ minLength: 1, maxLength: 256 }), Type.Integer()]),
  size: Type.Optional(Type.Union([Type.Null(), Type.String({ maxLength: 64 }), Type.Number()])),
  stock: Type.Optional(Type.Union([Type.Null(), Type.Integer({ minimum: 0, maximum: MAX_STOCK })])),
  price: Type.Optional(Type.Union([Type.Null(), Type.String({ maxLength: 64 }), Type.Number()])),
})
/** A product's fields under our names, before they are made into texts and amounts. */
const wireProductSchema = Type.Object({
  id: Type.Union([
    Type.String({ minLength: 1, maxLength: 256, pattern: '^[^\\u0000-\\u001f\\u007f]+$' }),
    Type.Integer({ minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }),
  ]),
  variants: Type.Optional(Type.Union([Type.Null(), Type.Array(variant, { maxItems: MAX_VARIANTS })])),
  attributes: Type.Optional(Type.Union([Type.Null(), Type.Record(Type.String(), scalar)])),
  available: Type.Optional(Type.Union([Type.Null(), Type.Boolean(), Type.String({ pattern: '^(true|false|0|1|)$' })])),
})
const check = Compile(wireProductSchema)

const TEXT_FIELDS = [
  'gender',
  'master_category',
  'sub_category',
  'article_type',
  'base_colour',
  'season',
  'usage',
  'brand',
  'url',
  'image_url',
] as const
const AMOUNT_FIELDS = ['price', 'list_price'] as const
const OWN_FIELDS: ReadonlySet<string> = new Set([
  ...TEXT_FIELDS,
  ...AMOUNT_FIELDS,
  'id',
  'year',
  'product_display_name',
  'currency',
  'style_id',
  'variants',
  'available',
  'launched_at',
  'attributes',
])
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['product_id', 'id'],
  ['name', 'product_display_name'],
  ['base_color', 'base_colour'],
])

export type NormalisedProduct =
  | { readonly product: Product }
  | { readonly refusal: { readonly code: ErrorCode; readonly message: string } }

export function normaliseProduct(wire: unknown): NormalisedProduct {
  const unsafe = unsafeIn(wire)
  if (unsafe !== null) return refuse(`the product holds ${unsafe}; remove it`)
  if (typeof wire !== 'object' || wire === null || Array.isArray(wire)) return refuse('a product is a JSON object')
  const fields = ourNames(wire as Record<string, unknown>)
  if (!check.Check(fields)) {
    const path = check
      .Errors(fields)
      .find((fault) => fault.instancePath !== '')
      ?.instancePath.slice(1)
    return refuse(path ? `${path.replaceAll('/', '.')} has a type or value that cannot be used` : 'id is missing')
  }
  const built = build(fields)
  if (typeof built === 'string') return refuse(built)
  if (JSON.stringify(built).length > MAX_PRODUCT_CHARACTERS) {
    return refuse(`the product is longer than ${MAX_PRODUCT_CHARACTERS} characters of JSON`)
  }
  return { product: built }
}

function refuse(message: string): NormalisedProduct {
  return { refusal: { code: 'HEM_PRODUCT_INVALID', message } }
}

/** masterCategory becomes master_category; other words for the same thing become ours. */
function ourNames(wire: Record<string, unknown>): Record<string, unknown> {
  const named: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(wire)) {
    const snake = name.replace(/[a-z\d][A-Z]/g, (pair) => `${pair[0]}_${pair[1]}`).toLowerCase()
    const ours = OTHER_NAMES.get(snake) ?? snake
    if (OWN_FIELDS.has(ours)) named[ours] ??= value
    else named[name] = value
  }
  return named
}

/** The product, or why it cannot be one. */
function build(fields: Record<string, unknown>): Product | string {
  const id = String(fields['id'])
  const texts: Record<string, string | null> = {}
  for (const name of [...TEXT_FIELDS, 'product_display_name', 'style_id', 'currency']) {
    const value = textOf(fields[name])
    if (value === undefined) return `${name} must be a text of at most ${MAX_TEXT_CHARACTERS} characters`
    texts[name] = value
  }
  if (texts['currency'] !== null && !/^[A-Za-z]{3}$/.test(texts['currency'])) return 'currency must be three letters'
  const price = amountOf(fields['price'])
  const listPrice = amountOf(fields['list_price'])
  if (price === undefined || listPrice === undefined) {
    return 'price and list_price must be amounts from 0 to 9999999999.99, such as "39.90"'
  }
  const year = yearOf(fields['year'])
  if (year === undefined) return 'year must be a whole number from 1900 to 2199'
  const launchedAt = launchOf(fields['launched_at'])
  if (launchedAt === undefined) return 'launched_at must be ISO 8601 or epoch milliseconds'
  const variants = variantsOf(fields['variants'])
  if (variants === undefined) return 'a variant has a price that is no amount'
  const attributes = attributesOf(fields)
  if (attributes === undefined) return `at most ${MAX_ATTRIBUTES} attributes of ${MAX_TEXT_CHARACTERS} characters each`
  return {
    id,
    gender: texts['gender'],
    master_category: texts['master_category'],
    sub_category: texts['sub_category'],
    article_type: texts['article_type'],
    base_colour: texts['base_colour'],
    season: texts['season'],
    year,
    usage: texts['usage'],
    product_display_name: texts['product_display_name'] ?? id,
    price,
    list_price: listPrice,
    currency: texts['currency']?.toUpperCase() ?? null,
    style_id: texts['style_id'] ?? id,
    variants,
    brand: texts['brand'],
    url: texts['url'],
    image_url: texts['image_url'],
    available: !(fields['available'] === false || fields['available'] === 'false' || fields['available'] === '0'),
    launched_at: launchedAt,
    attributes,
  }
}

/** The text, null where absent or empty, undefined where it cannot be one. */
function textOf(value: unknown): string | null | undefined {
  if (value === undefined || value === null) return null
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const text = String(value).trim()
  if (text.length > MAX_TEXT_CHARACTERS) return undefined
  return text === '' ? null : text
}

function amountOf(value: unknown): string | null | undefined {
  if (value === undefined || value === null || value === '') return null
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  return decimalOf(value) ?? undefined
}

/** Files write years as 2011 and as 2011.0. */
function yearOf(value: unknown): number | null | undefined {
  if (value === undefined || value === null || value === '') return null
  const year = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN
  return Number.isInteger(year) && year >= 1900 && year < 2200 ? year : undefined
}

function launchOf(value: unknown): string | null | undefined {
  if (value === undefined || value === null || value === '') return null
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const epochMs = parseTime(value)
  return epochMs === null ? undefined : formatTime(epochMs)
}

function variantsOf(value: unknown): readonly ProductVariant[] | undefined {
  const variants: ProductVariant[] = []
  for (const entry of (value as readonly Record<string, unknown>[] | null | undefined) ?? []) {
    const price = amountOf(entry['price'])
    if (price === undefined) return undefined
    variants.push({
      variant_id: String(entry['variant_id']),
      size: textOf(entry['size']) ?? null,
      stock: (entry['stock'] as number | null | undefined) ?? null,
      price,
    })
  }
  return variants
}

/** Given attributes, and every field that is not ours, as texts. */
function attributesOf(fields: Record<string, unknown>): Record<string, string> | undefined {
  const attributes: Record<string, string> = {}
  const given = (fields['attributes'] as Record<string, unknown> | null | undefined) ?? {}
  const foreign = Object.entries(fields).filter(([name]) => !OWN_FIELDS.has(name))
  for (const [name, value] of [...foreign, ...Object.entries(given)]) {
    if (value === null || value === undefined || value === '') continue
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    if (text.length > MAX_TEXT_CHARACTERS || name.length > 64 || name === '') return undefined
    attributes[name] = text
  }
  return Object.keys(attributes).length > MAX_ATTRIBUTES ? undefined : attributes
}
