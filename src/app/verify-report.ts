/**
 * app/verify-report: what `hemline verify` found, in words.
 *
 * In: the check of each table, the ledger of the lake, the ledger of the door.
 * Out: lines for a person, and whether all is sound.
 * Invariant: each line of damage is followed by what to do.
 */
import type { TableCheck } from '../parts/lake/verify.ts'
import type { Balance } from '../steps/deliver/balance.ts'
import type { LedgerTotals } from '../steps/collect/ledger.ts'

export interface Verification {
  readonly tables: readonly TableCheck[]
  /** Null where it cannot be counted. */
  readonly balance: Balance | null
  /** Since the process started. */
  readonly ledger: LedgerTotals
}

export interface VerifyReport extends Verification {
  readonly isSound: boolean
  readonly lines: readonly string[]
}

export function verifyReport(verification: Verification): VerifyReport {
  const { tables, balance, ledger } = verification
  const damages = tables.flatMap((table) => table.damages)
  const ledgers = [
    `received ${count(ledger.received)} = accepted ${count(ledger.accepted)} + duplicates ${count(ledger.duplicates)} + rejected ${count(ledger.rejected)}, since the start`,
    ...(balance === null ? [] : balanceLines(balance)),
  ]
  const isBalanced = ledger.received === ledger.accepted + ledger.duplicates + ledger.rejected && isEven(balance)
  const files = tables.reduce((total, table) => total + table.files, 0)
  const megabytes = tables.reduce((total, table) => total + table.bytes, 0) / 1e6
  const lines = [
    `${tables.length} tables, ${count(files)} files, ${megabytes.toFixed(1)} MB read and compared with their SHA-256.`,
    ...tables
      .filter((table) => table.unpromised > 0)
      .map((table) => `! ${table.table}: ${table.unpromised} files of other engines, whose names promise no SHA-256`),
    ...damages.flatMap((damage) => [
      `✗ ${damage.table}: ${damage.part} ${damage.location}: ${damage.found}`,
      damage.isCurrent
        ? '  → hemline repair'
        : '  → only older snapshots need it: it goes when they expire, or with hemline repair',
    ]),
    ...ledgers.map((line) => `${isBalanced ? '✓' : '!'} ${line}`),
    ...(balance === null ? ['! the ledger of the lake was not counted, since landing is damaged'] : []),
    ...(balance !== null && balance.deadLettered > 0
      ? ['! some records could not be delivered', '  → hemline dead-letter list']
      : []),
    ...(balance !== null && balance.notCleaned > 0
      ? [`! ${count(balance.notCleaned)} events in landing are not in clean`, '  → hemline dead-letter list']
      : []),
    ...(isEven(balance) ? [] : ['✗ the ledger does not add up', '  → hemline repair; if it stays so, report it']),
    damages.length === 0 && isBalanced
      ? '✓ all is as it was written'
      : `✗ damage in ${damages.length} ${damages.length === 1 ? 'place' : 'places'}`,
  ]
  return { ...verification, isSound: damages.length === 0 && isBalanced && balance !== null, lines }
}

function isEven(balance: Balance | null): boolean {
  if (balance === null) return true
  const { accepted, landed, deadLettered, erased, pending, refused, quarantined } = balance
  return accepted === landed + deadLettered + erased + pending && refused === quarantined
}

function balanceLines(balance: Balance): readonly string[] {
  const { accepted, landed, deadLettered, erased, pending, refused, quarantined } = balance
  return [
    `accepted ${count(accepted)} = in landing ${count(landed)} + dead-letter ${count(deadLettered)} + erased ${count(erased)} + pending ${count(pending)}, of the events the stream still holds`,
    `refused ${count(refused)} = in quarantine ${count(quarantined)}`,
  ]
}

function count(number: number): string {
  return number.toLocaleString('en')
}
