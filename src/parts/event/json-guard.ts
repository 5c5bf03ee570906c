/**
 * event/json-guard: keeps hostile JSON away from code that walks it.
 *
 * In: bytes before parsing; values after parsing.
 * Out: whether nesting stays within a limit, and what is unsafe in a value.
 * Invariant: the scan before parsing uses no recursion and no memory that grows with the input.
 */

/** Nesting allowed in a body, the body's own braces counted. */
export const MAX_JSON_DEPTH = 16

const QUOTE = 0x22
const BACKSLASH = 0x5c
const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** Deepest nesting of brackets outside strings; stops counting at `MAX_JSON_DEPTH` + 1. */
export function jsonDepth(bytes: Uint8Array): number {
  let depth = 0
  let deepest = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) {
      at++
      while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
    } else if (byte === 0x7b || byte === 0x5b) {
      depth++
      if (depth > deepest) deepest = depth
      if (deepest > MAX_JSON_DEPTH) return deepest
    } else if (byte === 0x7d || byte === 0x5d) depth--
  }
  return deepest
}

/**
 * What makes a parsed value unsafe to keep, in words, or null.
 *
 * @param depth nesting still allowed below `value`
 */
export function unsafeIn(value: unknown, depth = MAX_JSON_DEPTH): string | null {
  if (typeof value === 'string') return value.isWellFormed() ? null : 'a lone surrogate in a text'
  if (typeof value === 'number') return Number.isFinite(value) ? null : 'a number too large to hold'
  if (typeof value !== 'object' || value === null) return null
  if (depth <= 0) return `nesting deeper than ${MAX_JSON_DEPTH}`
  if (Array.isArray(value)) {
    for (const entry of value) {
      const found = unsafeIn(entry, depth - 1)
      if (found !== null) return found
    }
    return null
  }
  const fields = value as Readonly<Record<string, unknown>>
  // Parsed JSON inherits nothing that can be enumerated, so this walks its own fields without a list of them.
  for (const name in fields) {
    if (FORBIDDEN_NAMES.has(name)) return `a field named ${name}`
    if (!name.isWellFormed()) return 'a lone surrogate in a field name'
    const found = unsafeIn(fields[name], depth - 1)
    if (found !== null) return found
  }
  return null
}
