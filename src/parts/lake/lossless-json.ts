/**
 * lake/lossless-json: JSON whose 63-bit integers survive.
 *
 * In: JSON text, or a value that may hold BigInt.
 * Out: the value, with every snapshot id and every integer beyond 2^53 as BigInt, or JSON text.
 * Invariant: text parsed and written again holds the same integers.
 */

/** Keys whose integers are BigInt whatever their size, so that ids compare with ids. */
const ID_KEYS: ReadonlySet<string> = new Set(['snapshot-id', 'parent-snapshot-id', 'current-snapshot-id'])

type SourceReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown

/** What JavaScript engines offer since 2023 and the type library does not yet know. */
interface SourceJson {
  parse(text: string, reviver: SourceReviver): unknown
  rawJSON(text: string): unknown
}

const sourceJson = JSON as unknown as SourceJson

export function parseLossless(text: string): unknown {
  return sourceJson.parse(text, (key, value, context) => {
    if (typeof value !== 'number' || context.source === undefined) return value
    const isInteger = /^-?\d+$/.test(context.source)
    if (isInteger && (ID_KEYS.has(key) || !Number.isSafeInteger(value))) return BigInt(context.source)
    return value
  })
}

export function stringifyLossless(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'bigint' ? sourceJson.rawJSON(inner.toString()) : inner,
  )
}
