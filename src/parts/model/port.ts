/**
 * model/port: where a model image is kept between two starts.
 *
 * In: the bytes of `saveImage`.
 * Out: the newest bytes published, or null where there are none.
 * Invariant: `publish` replaces the image as a whole or not at all.
 */
export interface ModelImageStore {
  load(): Promise<Uint8Array | null>
  /**
   * @throws HEM_MODEL_IMAGE_SUPERSEDED in a shared store, where another has published since this one loaded or
   *   published last; then load again, and learn from there
   */
  publish(image: Uint8Array): Promise<void>
}

/** A store that one process writes and many read. */
export interface SharedImageStore extends ModelImageStore {
  /** Whether `load` would give another image than it gave last, or than was published here. */
  hasChanged(): Promise<boolean>
}
