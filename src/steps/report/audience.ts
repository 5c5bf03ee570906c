/**
 * report/audience: the people behind a campaign.
 *
 * In: a value of a dimension, and who of those it draws is wanted.
 * Out: pseudonyms with why each is there, most drawn first; how the value itself does.
 * Replay: reading changes nothing.
 * Invariant: reads mart.audience alone, so that a list here is what a report counted.
 */
import type { Lake } from '../../parts/lake/lake.ts'
import { quoteText } from '../../parts/lake/schema.ts'
import { withLakeConnection } from '../../parts/sql/lake-connection.ts'
import { HemlineError } from '../../std/errors.ts'
import { asker, newestNightOf, number, numberOrNull, type Ask } from './ask-marts.ts'

const SUGGESTIONS = 5

export interface AudienceRequest {
  /** dimension=value, such as "base_colour=Red". */
  readonly campaign: string
  /** Only who said yes. */
  readonly consented: boolean
  /** Only who has not ordered in this many days; null: whoever. */
  readonly notBoughtDays: number | null
  /** At most so many people. */
  readonly limit: number
}

export interface AudienceMember {
  readonly user_id: string
  readonly why: string
  readonly lean: number
  readonly consent: string
  readonly last_order_date: string | null
  readonly clv: string | null
  readonly currency: string | null
}

export interface Audience {
  readonly campaign: string
  /** Of the value, on the newest night; null where it has none. */
  readonly state: string | null
  readonly ratio: number | null
  readonly members: readonly AudienceMember[]
}

/** @throws HEM_REPORT_EMPTY before the first night; HEM_AUDIENCE_UNKNOWN for a value that draws nobody */
export async function selectAudience(lake: Lake, request: AudienceRequest): Promise<Audience> {
  const tables = ['mart.audience', 'mart.trend_leaderboard', 'mart.nightly_runs']
  return withLakeConnection(lake, tables, async (connection) => {
    const ask = asker(connection)
    await newestNightOf(ask)
    const campaign = await knownCampaign(ask, request.campaign)
    const rows = await ask(
      `SELECT user_id, why, lean, consent, CAST(last_order_date AS VARCHAR) AS last_order_date, clv, currency
       FROM mart.audience WHERE campaign = ${quoteText(campaign)}${conditions(request)}
       ORDER BY lean DESC, user_id LIMIT ${request.limit}`,
    )
    const at = campaign.indexOf('=')
    const [placed] = await ask(
      `SELECT state, ratio FROM mart.trend_leaderboard
       WHERE dimension = ${quoteText(campaign.slice(0, at))} AND value = ${quoteText(campaign.slice(at + 1))}
       ORDER BY shop_date DESC LIMIT 1`,
    )
    return {
      campaign,
      state: placed?.state ?? null,
      ratio: numberOrNull(placed?.ratio),
      members: rows.map((row) => ({
        user_id: row.user_id ?? '',
        why: row.why ?? '',
        lean: number(row.lean),
        consent: row.consent ?? 'unknown',
        last_order_date: row.last_order_date,
        clv: row.clv,
        currency: row.currency,
      })),
    }
  })
}

function conditions({ consented, notBoughtDays }: AudienceRequest): string {
  const consent = consented ? ` AND consent = 'yes'` : ''
  const quiet =
    notBoughtDays === null ? '' : ` AND (last_order_date IS NULL OR last_order_date <= as_of - ${notBoughtDays})`
  return consent + quiet
}

/** The campaign as the mart writes it, whatever the case it was asked for in. */
async function knownCampaign(ask: Ask, campaign: string): Promise<string> {
  const [found] = await ask(
    `SELECT campaign FROM mart.audience WHERE lower(campaign) = lower(${quoteText(campaign)}) LIMIT 1`,
  )
  if (found?.campaign) return found.campaign
  const others = await ask(
    `SELECT campaign FROM mart.audience GROUP BY 1
     ORDER BY bool_or(state IN ('rising', 'unconfirmed')) DESC NULLS LAST, count(*) DESC, 1 LIMIT ${SUGGESTIONS}`,
  )
  throw new HemlineError('HEM_AUDIENCE_UNKNOWN', {
    subject: `audience ${campaign.slice(0, 100)}`,
    expected:
      others.length === 0
        ? 'clicks of people with an account in the last 28 days'
        : `a value such as ${others.map((row) => row.campaign).join(', ')}`,
    got: 'a value that draws nobody',
    remedy: 'name dimension=value; `hemline sql "SELECT campaign, count(*) FROM mart.audience GROUP BY 1"` lists them',
  })
}
