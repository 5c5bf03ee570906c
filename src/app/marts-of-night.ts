/**
 * app/marts-of-night: what follows once a night's orders are in clean: checks and marts.
 *
 * In: the dates, what was read, the lake.
 * Out: marts; what the checks found in them.
 * Invariant: marts are made from tables that were reconciled and that keep every expectation, or not at all.
 */
import type { Lake } from '../parts/lake/lake.ts'
import { addDays } from '../parts/shopdb/shop-day.ts'
import type { Clock } from '../std/clock.ts'
import { HemlineError } from '../std/errors.ts'
import { brokenText, checkClean } from '../steps/refine/check-clean.ts'
import { buildMarts } from '../steps/report/build-marts.ts'
import { checkMarts, type MartFinding } from '../steps/report/check-marts.ts'

/** Events are accepted this late, so marts of these days can still change. */
const LATE_DAYS = 7

export interface MartNight {
  readonly lake: Lake
  readonly clock: Clock
  /** The newest date of the night. */
  readonly last: string
  /** First date that was read. */
  readonly readFrom: string
  /** Older days that were read again. */
  readonly edited: readonly (readonly string[])[]
  /** Whether the newest day should look like those before it. */
  readonly expectsUsualDay: boolean
  /** Whether marts are built from tables that break an expectation. */
  readonly despiteChecks: boolean
}

/** @throws HEM_NIGHT_EXPECTATION */
export async function martsOfNight(night: MartNight): Promise<readonly MartFinding[]> {
  const { lake, clock, last, readFrom, edited } = night
  const [first = last] = [readFrom, addDays(last, -LATE_DAYS), ...edited.flat()].toSorted()
  const span = { first, last }
  const broken = await checkClean({ lake, clock, ...span, expectsUsualDay: night.expectsUsualDay })
  if (broken.length > 0 && !night.despiteChecks) throw expectationBroken(last, broken.map(brokenText))
  await buildMarts({ lake, ...span })
  return checkMarts({ lake, clock, ...span })
}

function expectationBroken(last: string, broken: readonly string[]): HemlineError {
  return new HemlineError('HEM_NIGHT_EXPECTATION', {
    subject: `night of ${last}`,
    expected: 'clean tables that marts can be made from',
    got: broken.join('; '),
    remedy:
      "correct the shop's rows and run the night again, or accept them with --despite-checks; marts stay as they were",
  })
}
