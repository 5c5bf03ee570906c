/**
 * app/experiment-file: the experiment that this shop runs, if any.
 *
 * In: the file named by HEMLINE_EXPERIMENT.
 * Out: the experiment.
 * Invariant: a file that cannot be used keeps Hemline from starting: visitors would be split wrongly, unseen.
 */
import { readFileSync } from 'node:fs'
import { readExperiment, type Experiment } from '../parts/serving/experiment.ts'
import { shopDayBounds } from '../parts/shopdb/shop-day.ts'
import { HemlineError, messageOf } from '../std/errors.ts'
import type { Config } from './config.ts'

/** @throws HEM_FILE_UNREADABLE, HEM_EXPERIMENT_INVALID, HEM_RULE_INVALID */
export function loadExperiment({ experimentFile, timeZone }: Config): Experiment | null {
  if (experimentFile === null) return null
  return readExperiment(parsed(experimentFile), (shopDate) => shopDayBounds(shopDate, timeZone))
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new HemlineError('HEM_FILE_UNREADABLE', {
      subject: `file "${file}"`,
      expected: 'an experiment, JSON',
      got: messageOf(cause),
      remedy: 'correct HEMLINE_EXPERIMENT or the file',
      cause,
    })
  }
}
