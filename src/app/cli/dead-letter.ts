/**
 * cli/dead-letter: `hemline dead-letter list|show|replay`.
 *
 * In: the number of a record, and perhaps a file with the corrected record.
 * Out: records that could not be delivered or learned, with their reasons; what became of those that were replayed.
 * Invariant: a letter is gone only when its rows are in the lake; exit code 1 where one still cannot be delivered.
 */
import { readFileSync } from 'node:fs'
import { Argument, type Command } from 'commander'
import { HemlineError, messageOf } from '../../std/errors.ts'
import type { DeadLetter, Replayed } from '../../steps/deliver/dead-letters.ts'
import { ask } from './ask.ts'
import { wholeNumberFlag, wrongFlag } from './flags.ts'
import { configOf, withDataFlag } from './settings.ts'
import { print, printJson, printTable } from './terminal.ts'

export function addDeadLetterCommand(program: Command): void {
  const letters = program.command('dead-letter').description('records that could not be delivered or learned')

  withDataFlag(letters.command('list'))
    .description('show all, the oldest first')
    .option('--json', 'print an array of letters')
    .action(async (flags: { json?: boolean }) => {
      const all = await ask<readonly DeadLetter[]>(configOf(flags), 'dead-letters', { sequence: null })
      if (flags.json) printJson(all)
      else if (all.length === 0) print('No dead letters.')
      else printLetters(all)
    })

  withDataFlag(letters.command('show'))
    .description('print the record of one letter, JSON')
    .argument('<number>', 'sequence number of the record')
    .option('--json', 'print the letter with its reason as JSON')
    .action(async (number: string, flags: { json?: boolean }) => {
      const sequence = numberOf(number)
      const found = await ask<readonly DeadLetter[]>(configOf(flags), 'dead-letters', { sequence })
      const [letter] = found
      if (letter === undefined) throw noLetter(number)
      if (flags.json) printJson(found)
      else print(letter.body)
    })

  withDataFlag(letters.command('replay'))
    .description('deliver letters again; each at most once, however often this is called')
    .addArgument(new Argument('[number]', 'sequence number of one record; all where absent').argOptional())
    .option('--with <file>', 'the corrected record, JSON: what "show" printed, with values changed')
    .option('--json', 'print what became of each letter as JSON')
    .action(async (number: string | undefined, flags: { with?: string; json?: boolean }) => {
      if (flags.with !== undefined && number === undefined)
        throw wrongFlag('--with', 'the number of the record it corrects', 'none')
      const sequence = number === undefined ? null : numberOf(number)
      const corrected = flags.with === undefined ? null : textOf(flags.with)
      const replayed = await ask<readonly Replayed[]>(configOf(flags), 'dead-letter-replay', { sequence, corrected })
      if (flags.json) printJson(replayed)
      else for (const line of replayed.map(replayedText)) print(line)
      if (!flags.json && replayed.length === 0) print('No dead letters.')
      if (replayed.some(({ fault }) => fault !== null)) process.exitCode = 1
    })
}

function printLetters(letters: readonly DeadLetter[]): void {
  printTable(
    ['number', 'received', 'consumer', 'code', 'reason'],
    letters.map(({ position, received_at: at, consumer, code, message }) => [
      Number(position.sequence_number),
      at,
      consumer,
      code,
      message,
    ]),
  )
}

function replayedText({ position, rows, fault }: Replayed): string {
  const number = Number(position.sequence_number)
  return fault === null ? `✓ ${number}: ${rows} rows delivered` : `✗ ${number}: still cannot be delivered: ${fault}`
}

function numberOf(text: string): string {
  return String(wholeNumberFlag('<number>', text, { least: 1 }))
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new HemlineError('HEM_FILE_UNREADABLE', {
      subject: `file "${path}"`,
      expected: 'a record, JSON',
      got: messageOf(cause),
      remedy: 'correct its name',
      cause,
    })
  }
}

function noLetter(number: string): HemlineError {
  return new HemlineError('HEM_DEAD_LETTER_UNKNOWN', {
    subject: `record ${number}`,
    expected: 'a dead letter',
    got: 'none',
    remedy: 'see "hemline dead-letter list"',
  })
}
