/**
 * score/score: recommender, trends and lift against the truth.
 *
 * In: a truth file, the events and products that belong to it.
 * Out: grades, each beside simpler methods; null where the truth says nothing.
 * Invariant: what is graded is the model that serves the shop, not a copy.
 */
import { HemlineError } from '../../std/errors.ts'
import { gradeRecommender, type RecommenderGrade } from './grade-recommender.ts'
import { gradeTrends, type Alarm, type TrendGrade } from './grade-trends.ts'
import { gradeLift, type LiftGrade } from './groups.ts'
import { dimensionsOf, replay, type Replay, type ReplayOptions } from './replay.ts'
import { SIMPLE_DETECTORS } from './simple-detectors.ts'
import { readTruth, type TruthFile } from './truth-file.ts'

/** Days at the start from which the usual is learned. */
const LEARNING_DAYS = 30

export interface ScoreOptions {
  readonly truth: string
  /** In place of the files that the truth names. */
  readonly events: string | null
  readonly products: string | null
  readonly onProgress?: NonNullable<ReplayOptions['onProgress']>
}

export interface Score {
  readonly events: number
  readonly days: number
  readonly trends: readonly ({ readonly detector: string } & TrendGrade)[] | null
  readonly recommender: RecommenderGrade | null
  readonly lift: LiftGrade | null
}

/** @throws HEM_FILE_UNREADABLE, HEM_CONFIG_INVALID */
export async function score(options: ScoreOptions): Promise<Score> {
  const truth = readTruth(options.truth)
  const replayed = await replay({
    eventsPath: options.events ?? truth.eventsPath ?? missing('events'),
    productsPath: options.products ?? truth.productsPath ?? missing('products'),
    untilMs: truth.untilMs,
    dimensions: dimensionsOf(truth.trends.map((trend) => trend.dimension)),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
  })
  return {
    events: replayed.events,
    days: replayed.lastDay - replayed.firstDay + 1,
    trends: truth.trends.length === 0 ? null : gradesOf(truth, replayed),
    recommender: gradeRecommender(replayed.model, truth.gains),
    lift: gradeLift(replayed.groups, truth.recommendationLift),
  }
}

function gradesOf(truth: TruthFile, { alarms, daily, firstDay, lastDay }: Replay): Score['trends'] {
  const first = Math.min(...truth.trends.map((trend) => trend.startDay))
  const seriesCount = [...daily.values()].reduce((sum, { series }) => sum + series.length, 0)
  const grade = (detector: string, found: readonly Alarm[]) => ({
    detector,
    ...gradeTrends({
      alarms: found,
      truth: truth.trends,
      seriesCount,
      fromDay: Math.min(first, firstDay + LEARNING_DAYS),
      untilDay: lastDay,
    }),
  })
  return [
    grade('ours', alarms),
    ...SIMPLE_DETECTORS.map(({ name, detect }) => grade(name, [...daily.values()].flatMap(detect))),
  ]
}

function missing(what: string): never {
  throw new HemlineError('HEM_CONFIG_INVALID', {
    subject: `--${what}`,
    expected: `a file of ${what}, since the truth names none`,
    got: 'nothing',
    remedy: 'name it',
  })
}
