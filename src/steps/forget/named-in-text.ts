/**
 * forget/named-in-text: whether a text that may be anything names a person.
 *
 * In: the body of a refused event, which need not even be JSON, and the person's ids.
 * Out: yes or no.
 * Rule: a long id counts wherever it stands alone; a short one, which could be any number, only as the value of a field whose name
 *   is that of somebody. A text that may well be about the person goes: it was refused, so nobody counts it.
 */

/** From here on an id is not met by chance. */
const LONG_ID = 8
const FIELD_OF_SOMEBODY = '[^"\\n]*(?:user|visitor|customer|client|shopper|member|account|anonymous|person|uid)[^"\\n]*'

export function namesAny(text: string, ids: readonly string[]): boolean {
  return ids.some((id) => text.includes(idInJson(id)) && isNamed(text, id))
}

function isNamed(text: string, id: string): boolean {
  const literal = idInJson(id).replaceAll(/[.*+?^${}()|[\]\\/]/gu, String.raw`\$&`)
  if (id.length >= LONG_ID) return new RegExp(`(?<![\\p{L}\\p{N}_-])${literal}(?![\\p{L}\\p{N}_-])`, 'u').test(text)
  return new RegExp(`"${FIELD_OF_SOMEBODY}"\\s*:\\s*"?${literal}(?![\\p{L}\\p{N}_.-])`, 'iu').test(text)
}

/** As it stands between quotes. */
function idInJson(id: string): string {
  return JSON.stringify(id).slice(1, -1)
}
