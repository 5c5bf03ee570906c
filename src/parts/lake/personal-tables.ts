/**
 * lake/personal-tables: which tables name people, and what becomes of their rows when somebody is forgotten.
 *
 * In: nothing; these are facts of the tables.
 * Out: `PERSONAL_TABLES`.
 * Invariant: every table with a column that names a person is here (held by a test).
 */

/**
 * `events`: rows of what a visitor did go. `bodies`: rows go whose text names the person. `rows`: rows by `user_id` go.
 * `blank`: rows by `user_id` stay for their sums, as those of a guest.
 */
export type PersonalContent = 'events' | 'bodies' | 'rows' | 'blank'

/** In the order of erasing: what the others are found by comes last. */
export const PERSONAL_TABLES: Readonly<Record<string, PersonalContent>> = {
  'landing.quarantine': 'bodies',
  'mart.audience': 'rows',
  'mart.consent': 'rows',
  'mart.customer': 'rows',
  'mart.clv': 'rows',
  'clean.users': 'rows',
  'landing.users': 'rows',
  'clean.order_details': 'blank',
  'clean.orders': 'blank',
  'landing.orders': 'blank',
  'clean.clickstreams': 'events',
  'landing.clickstreams': 'events',
}
