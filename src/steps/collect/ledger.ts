/**
 * collect/ledger: what came in and what became of it.
 *
 * In: the outcome of each request.
 * Out: totals since the start, for metrics and for the page.
 * Invariant: received = accepted + duplicates + rejected.
 */
export interface LedgerTotals {
  /** Events after the expansion of items, and refused ones. */
  readonly received: number
  readonly accepted: number
  readonly duplicates: number
  readonly rejected: number
  readonly products: number
}

export interface Ledger {
  countEvents(outcome: { readonly accepted: number; readonly duplicates: number; readonly rejected: number }): void
  countProducts(products: number): void
  totals(): LedgerTotals
}

export function createLedger(): Ledger {
  const totals = { accepted: 0, duplicates: 0, rejected: 0, products: 0 }
  return {
    countEvents(outcome) {
      totals.accepted += outcome.accepted
      totals.duplicates += outcome.duplicates
      totals.rejected += outcome.rejected
    },
    countProducts(products) {
      totals.products += products
    },
    totals: () => ({ received: totals.accepted + totals.duplicates + totals.rejected, ...totals }),
  }
}
