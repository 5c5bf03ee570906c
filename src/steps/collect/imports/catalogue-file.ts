/**
 * collect/imports/catalogue-file: the rows of a catalogue, such as Kaggle's styles.csv.
 *
 * In: CSV with a header, plain or gzip; names with commas that nobody quoted.
 * Out: products as a shop would put them, with a price and a picture's address where the file has none.
 * Invariant: commas too many belong to the last column; no row is dropped without a reason.
 */
import { parse } from 'csv-parse/sync'
import { normaliseProduct } from '../../../parts/event/product-schema.ts'
import type { Product } from '../../../parts/event/product.ts'
import { priceFor } from './catalogue-price.ts'
import { lineText, openLineFile } from './line-file.ts'
import { wrongFormat } from './row-format.ts'

const DEFAULT_SEED = 7
const DEFAULT_CURRENCY = 'EUR'

export interface CatalogueFileOptions {
  readonly path: string
  /** Whether pictures lie ready under /images/<id>.jpg. */
  readonly images: boolean
  /** Of the prices that the file lacks. */
  readonly seed?: number
}

export type CatalogueRow = { readonly line: number } & (
  | { readonly product: Product }
  | { readonly code: string; readonly message: string }
)

/** @throws HEM_FILE_UNREADABLE, HEM_IMPORT_FORMAT */
export async function readCatalogue(options: CatalogueFileOptions): Promise<readonly CatalogueRow[]> {
  const file = await openLineFile(options.path)
  try {
    const header = (file.count > 0 ? lineText(file.bytes(0)) : null)?.replace(/^\uFEFF/, '') ?? ''
    const columns = header.split(',').map((name) => name.trim())
    if (!columns.includes('id') || columns.length < 2) {
      throw wrongFormat('catalogue', 'CSV with a header that names id, articleType, productDisplayName, …', header)
    }
    const rows: CatalogueRow[] = []
    for (let index = 1; index < file.count; index++) {
      const bytes = file.bytes(index)
      if (bytes.length > 0) rows.push({ line: index + 1, ...productOf(lineText(bytes), columns, options) })
    }
    return rows
  } finally {
    file.close()
  }
}

function productOf(
  line: string | null,
  columns: readonly string[],
  options: CatalogueFileOptions,
): { readonly product: Product } | { readonly code: string; readonly message: string } {
  if (line === null) return { code: 'HEM_IMPORT_ROW_UNREADABLE', message: 'the row is too long, or not UTF-8' }
  const fields = fieldsOf(line, columns.length)
  if (fields.length !== columns.length) {
    return { code: 'HEM_IMPORT_ROW_UNREADABLE', message: `${columns.length} fields expected, got ${fields.length}` }
  }
  const wire: Record<string, string> = {}
  for (const [nth, name] of columns.entries()) if (fields[nth] !== '') wire[name] = fields[nth]
  const result = normaliseProduct(wire)
  return 'refusal' in result ? result.refusal : { product: completed(result.product, options) }
}

function completed(product: Product, { images, seed }: CatalogueFileOptions): Product {
  return {
    ...product,
    price: product.price ?? priceFor(product.article_type, product.id, seed ?? DEFAULT_SEED),
    currency: product.currency ?? DEFAULT_CURRENCY,
    image_url: product.image_url ?? (images ? `/images/${encodeURIComponent(product.id)}.jpg` : null),
  }
}

/** Proper CSV where the line is; else split at every comma, what is too much belonging to the last column. */
function fieldsOf(line: string, count: number): readonly string[] {
  if (line.includes('"')) {
    const proper = properFields(line)
    if (proper?.length === count) return proper
  }
  const fields = line.split(',')
  return fields.length <= count ? fields : [...fields.slice(0, count - 1), fields.slice(count - 1).join(',')]
}

function properFields(line: string): readonly string[] | null {
  try {
    return parse(line, { relax_column_count: true })[0] ?? null
  } catch {
    return null
  }
}
