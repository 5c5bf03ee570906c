/**
 * collect/product-memory: which products exist, asked of the catalogue at most once each.
 *
 * In: the catalogue's answer, and products that were just put.
 * Out: whether a product is known.
 * Invariant: holds a bounded number of ids, the oldest forgotten first; forgetting only costs another question.
 */
const MAX_REMEMBERED = 500_000

export interface ProductMemory {
  readonly has: (productId: string) => boolean
  readonly remember: (productId: string) => void
}

export function createProductMemory(isInCatalogue: (productId: string) => boolean): ProductMemory {
  const known = new Set<string>()
  const remember = (productId: string) => {
    known.add(productId)
    if (known.size <= MAX_REMEMBERED) return
    for (const oldest of known) {
      known.delete(oldest)
      break
    }
  }
  return {
    remember,
    has(productId) {
      if (known.has(productId)) return true
      if (!isInCatalogue(productId)) return false
      remember(productId)
      return true
    },
  }
}
