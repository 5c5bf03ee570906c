/**
 * serving/published: whole objects that one job writes and every reader keeps in memory.
 *
 * In: a name and bytes.
 * Out: the newest bytes of a name, only where they are new to whoever asks.
 * Invariant: an object is replaced as a whole, and only in the place of the one that was read: of two writers one is refused.
 */
export interface PublishedObject {
  readonly bytes: Uint8Array
  /** Differs for each version. */
  readonly tag: string
}

export interface PublishedObjects {
  /** @returns 'unchanged' where it is the one with `knownTag`, null where there is none */
  read(name: string, knownTag: string | null): Promise<PublishedObject | 'unchanged' | null>
  /**
   * @param instead tag of the object to take the place of; null for none
   * @returns the new tag, or null where another object is there
   */
  replace(name: string, bytes: Uint8Array, instead: string | null): Promise<string | null>
}
