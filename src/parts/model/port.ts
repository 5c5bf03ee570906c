/**
 * model/port: where a model image is kept between two starts.
 *
 * In: the bytes of `saveImage`.
 * Out: the newest bytes published, or null where there are none.
 * Invariant: `publish` replaces the image as a whole or not at all.
 */
export interface ModelImageStore {
  load(): Promise<Uint8Array | null>
  publish(image: Uint8Array): Promise<void>
}
