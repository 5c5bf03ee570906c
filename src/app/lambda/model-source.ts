/**
 * lambda/model-source: the newest model at hand, for who only reads it.
 *
 * In: where the learner publishes it.
 * Out: the model, looked for anew each minute.
 * Invariant: a model that is missing, broken or out of reach never stops a click: the one before serves, or an empty one,
 *   whose lists are filled from what the whole shop looks at.
 */
import { loadImage } from '../../parts/model/image.ts'
import { createModel, type Model } from '../../parts/model/model.ts'
import type { SharedImageStore } from '../../parts/model/port.ts'
import type { Clock } from '../../std/clock.ts'

const LOOK_EVERY_MS = 60_000

export interface ModelSourceOptions {
  readonly images: SharedImageStore
  readonly clock: Clock
  readonly onFault: (fault: unknown) => void
}

export function createModelSource({ images, clock, onFault }: ModelSourceOptions): () => Promise<Model> {
  let model = createModel()
  let lookedMs = Number.NEGATIVE_INFINITY
  return async () => {
    if (clock.nowMs() - lookedMs < LOOK_EVERY_MS) return model
    lookedMs = clock.nowMs()
    try {
      if (!(await images.hasChanged())) return model
      const image = await images.load()
      if (image !== null) model = loadImage(image)
    } catch (fault) {
      onFault(fault)
    }
    return model
  }
}
