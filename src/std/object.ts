/**
 * std/object: whether a parsed JSON value is an object.
 *
 * In: any value.
 * Out: yes for `{…}`; no for null, lists, texts and numbers.
 * Invariant: looks at the value's kind only, never at its fields.
 */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
