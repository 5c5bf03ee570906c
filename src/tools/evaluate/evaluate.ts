/**
 * evaluate/evaluate: how good the recommender is, beside simple methods, on sessions kept from it.
 *
 * In: a published split of sessions, a file of events of a known form, or a generated shop.
 * Out: figures per contender. Static: learn, freeze, predict every pair. Live: predict each event, then learn it.
 * Invariant: nothing is learned before it was predicted.
 */
import { setImmediate } from 'node:timers/promises'
import { itemToItem, popularity, randomOfSubCategory } from './baselines.ts'
import { readSubCategories } from './catalogue-file.ts'
import type { Contender } from './contender.ts'
import { readRows, type RowForm } from './event-rows.ts'
import { figuresOf, type Figures } from './figures.ts'
import { ours } from './ours.ts'
import { run, type RunOptions } from './run.ts'
import { liveTrial, sessionsTrial, staticTrial, timeTrial, type Trial } from './trial.ts'
import { vsKnn } from './vs-knn.ts'

export const CONTENDERS = ['ours', 'vs-knn', 'item-item', 'popularity', 'random-sub-category'] as const
export type ContenderName = (typeof CONTENDERS)[number]

/** Two files of sessions, or one file of events. */
export type EvaluationData =
  | {
      /** Path of the sessions to learn from; packed with gzip or not. */
      readonly train: string
      /** Path of the test pairs, or of the timed test sessions where `live`. */
      readonly test: string
      readonly live?: boolean
    }
  | {
      /** Path of the file; its newest fifth is predicted, then learned. */
      readonly events: string
      readonly form: RowForm
    }

export type EvaluationInput = EvaluationData &
  RunOptions & {
    /** Path of a catalogue with columns `id` and `sub_category` (or Kaggle's), for the random contender. */
    readonly catalog?: string | null
    /** Contenders to run; all where absent. */
    readonly only?: readonly ContenderName[]
    readonly seed?: number
  }

export type EvaluationReport = Partial<Record<'static' | 'live', Partial<Record<ContenderName, Figures>>>>

const SEED = 7

/** @throws HEM_FILE_UNREADABLE, HEM_IMPORT_FORMAT */
export async function evaluate(input: EvaluationInput): Promise<EvaluationReport> {
  const trial = openTrial(input)
  const figures: Partial<Record<ContenderName, Figures>> = {}
  for (const name of CONTENDERS) {
    if (input.only !== undefined && !input.only.includes(name)) continue
    const contender = makeContender(name, input)
    if (contender === null) continue
    figures[name] = figuresOf(run(contender, trial, input))
    // The memory of one is free before the next.
    await setImmediate()
  }
  return { [trial.protocol]: figures }
}

function openTrial(input: EvaluationData): Trial {
  if ('train' in input) return input.live === true ? liveTrial(input) : staticTrial(input)
  if (input.form === 'uci-clothing') return sessionsTrial(input.events, input.form)
  return timeTrial(readRows(input.events, input.form))
}

function makeContender(name: ContenderName, input: EvaluationInput): Contender | null {
  switch (name) {
    case 'ours':
      return ours()
    case 'vs-knn':
      return vsKnn()
    case 'item-item':
      return itemToItem()
    case 'popularity':
      return popularity()
    case 'random-sub-category':
      return input.catalog === undefined || input.catalog === null
        ? null
        : randomOfSubCategory(readSubCategories(input.catalog), input.seed ?? SEED)
  }
}
