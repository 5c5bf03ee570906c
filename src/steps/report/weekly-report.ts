/**
 * report/weekly-report: the week's report, from the marts to a page.
 *
 * In: an open lake, and a date of the week or none.
 * Out: one HTML page that stands alone.
 * Replay: the same marts give the same page.
 * Invariant: reads marts only, so that a figure here is the figure anybody else finds there.
 */
import type { Lake } from '../../parts/lake/lake.ts'
import { weeklyPage } from './weekly/page.ts'
import { readWeekFacts } from './weekly/read-facts.ts'

export interface WeeklyReport {
  readonly html: string
  /** Monday and Sunday. */
  readonly first: string
  readonly last: string
}

/** @throws HEM_REPORT_EMPTY before the first night; HEM_NIGHT_DATE_INVALID for a week that is not over */
export async function weeklyReport(
  lake: Lake,
  options: { readonly date: string | null; readonly shop: string | null },
): Promise<WeeklyReport> {
  const facts = await readWeekFacts(lake, options.date)
  return { html: weeklyPage(facts, options.shop), first: facts.week.first, last: facts.week.last }
}
