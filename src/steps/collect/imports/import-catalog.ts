/**
 * collect/imports/import-catalog: a catalogue file through the same door as PUT /v1/products.
 *
 * In: a file of products, the collector.
 * Out: products in the stream; what was refused, with line numbers.
 * Guarantee: at least once; a product that the catalogue holds as it stands in the file is not sent again.
 * Invariant: rows = stored + known already + rejected.
 */
import { isDeepStrictEqual } from 'node:util'
import { normaliseProduct } from '../../../parts/event/product-schema.ts'
import type { Product } from '../../../parts/event/product.ts'
import type { Position } from '../../../parts/stream/position.ts'
import type { Collector } from '../collector.ts'
import { readCatalogue, type CatalogueFileOptions } from './catalogue-file.ts'
import { MAX_LISTED_ERRORS, type ImportError } from './import-events.ts'

const PRODUCTS_PER_BATCH = 1000

export interface ImportCatalogOptions extends CatalogueFileOptions {
  readonly collector: Pick<Collector, 'putProducts'>
  /** The catalogue as it is now. */
  readonly productOf: (productId: string) => Product | null
  readonly onProgress?: (done: number, total: number) => void
}

export interface ImportCatalogResult {
  readonly rows: number
  readonly stored: number
  /** Rows that the catalogue held already, each field the same. */
  readonly duplicates: number
  readonly rejected: number
  readonly errors: readonly ImportError[]
  /** Covers everything imported; null where the file held nothing new. */
  readonly last: Position | null
}

/** @throws HEM_FILE_UNREADABLE, HEM_IMPORT_FORMAT, and what the collector throws */
export async function importCatalog(options: ImportCatalogOptions): Promise<ImportCatalogResult> {
  const rows = await readCatalogue(options)
  const read = rows.flatMap((row) => ('product' in row ? [row] : []))
  const products = read.filter(({ product }) => !isKnown(product, options.productOf))
  const refused: ImportError[] = rows.flatMap((row) => ('product' in row ? [] : [row]))
  let last: Position | null = null
  for (let from = 0; from < products.length; from += PRODUCTS_PER_BATCH) {
    const batch = products.slice(from, from + PRODUCTS_PER_BATCH)
    const answer = await options.collector.putProducts(batch.map(({ product }) => product))
    for (const { index, code, message } of answer.rejected) refused.push({ line: batch[index].line, code, message })
    last = answer.last
    options.onProgress?.(from + batch.length, products.length)
  }
  return {
    rows: rows.length,
    stored: rows.length - refused.length - (read.length - products.length),
    duplicates: read.length - products.length,
    rejected: refused.length,
    errors: refused.slice(0, MAX_LISTED_ERRORS),
    last,
  }
}

function isKnown(wire: unknown, productOf: ImportCatalogOptions['productOf']): boolean {
  const result = normaliseProduct(wire)
  return 'product' in result && isDeepStrictEqual(productOf(result.product.id), result.product)
}
