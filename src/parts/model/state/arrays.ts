/**
 * model/state/arrays: flat arrays that grow by doubling.
 *
 * In: a typed array and the length that is needed.
 * Out: the same array, or a longer copy of it with zeros behind.
 * Invariant: what an array holds never depends on how much room it has.
 */
export type Numbers = Int32Array | Uint8Array | Uint16Array | Float32Array | Float64Array

const SMALLEST_LENGTH = 256

export function grown<T extends Numbers>(array: T, neededLength: number): T {
  if (neededLength <= array.length) return array
  const length = Math.max(neededLength, array.length * 2, SMALLEST_LENGTH)
  const longer = new (array.constructor as new (length: number) => T)(length)
  longer.set(array)
  return longer
}
