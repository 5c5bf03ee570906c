/**
 * respond/experiment-page: the page that a visitor sees while an experiment runs.
 *
 * In: the experiment or none, and a page asked for.
 * Out: its slates as the visitor's variant has them, each with the variant's name.
 * Invariant: who has no variant sees what everybody sees without an experiment.
 */
import { variantLabel, variantOf, type Experiment } from '../../parts/serving/experiment.ts'
import type { ServingReader } from '../../parts/serving/port.ts'
import { readPage, type PageRequest } from './recommendations.ts'
import type { SlateAnswer } from './slate-answer.ts'

export interface ExperimentSlate extends SlateAnswer {
  /** `<experiment>/<variant>`; absent where the visitor has none. */
  readonly variant?: string
}

/** @throws as `readPage` */
export function readExperimentPage(
  serving: ServingReader,
  request: PageRequest,
  options: { readonly experiment: Experiment | null; readonly nowMs: number },
): readonly ExperimentSlate[] {
  const { experiment, nowMs } = options
  const variant = experiment === null || request.visitorKey === null ? null : variantOf(experiment, request.visitorKey)
  if (experiment === null || variant === null) return readPage(serving, request, { nowMs })
  const reader = variant.personal ? serving : withoutOwnLists(serving)
  const slates = readPage(reader, request, { nowMs, ...(variant.rules === null ? {} : { rules: variant.rules }) })
  const label = variantLabel(experiment, variant)
  return slates.map((slate) => ({ ...slate, variant: label }))
}

/** Visitors have the list of the whole shop instead of their own; what they carry or just bought stays out of it. */
function withoutOwnLists(serving: ServingReader): ServingReader {
  return {
    ...serving,
    visitor(visitorKey) {
      const entry = serving.visitor(visitorKey)
      const everybodys = serving.list('trending', '')
      return entry === null || everybodys === null ? null : { ...entry, home: everybodys, cart: everybodys }
    },
  }
}
