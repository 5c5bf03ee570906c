/**
 * cli/main: the command line.
 *
 * In: arguments.
 * Out: the commands' output; exit code 0 for done, 1 for a fault, 2 for wrong use.
 * Invariant: every command has `--help`, and every setting can be given by flag or environment.
 */
import { Command, CommanderError } from 'commander'
import packageJson from '../../../package.json' with { type: 'json' }
import { HemlineError } from '../../std/errors.ts'
import { configHelp } from '../config.ts'
import { addBackupCommands } from './backup.ts'
import { addBacktestCommand } from './backtest.ts'
import { addCostCommand } from './cost.ts'
import { addDeadLetterCommand } from './dead-letter.ts'
import { addDoctorCommand } from './doctor.ts'
import { addEvaluateCommand } from './evaluate.ts'
import { addForgetCommand } from './forget.ts'
import { addForecastCommand } from './forecast.ts'
import { addExperimentCommand } from './experiment.ts'
import { addImportCommands } from './import.ts'
import { addKeysCommand } from './keys.ts'
import { addMoveCommand } from './move.ts'
import { addNightlyCommand } from './nightly.ts'
import { addReportCommands } from './report.ts'
import { addRulesCommand } from './rules.ts'
import { addScoreCommand } from './score.ts'
import { addServeCommands } from './serve.ts'
import { addSimulateCommand } from './simulate.ts'
import { addSqlCommand } from './sql.ts'
import { printError } from './terminal.ts'
import { addVerifyCommands } from './verify.ts'
import { addWhyCommand } from './why.ts'

const EXIT_FAULT = 1
const EXIT_WRONG_USE = 2
const WRONG_USE: ReadonlySet<string> = new Set([
  'HEM_CONFIG_INVALID',
  'HEM_NIGHT_DATE_INVALID',
  'HEM_RULE_INVALID',
  'HEM_BACKTEST_CONFIG_INVALID',
])

const program = new Command('hemline')
  .description(packageJson.description)
  .version(packageJson.version)
  .addHelpText('after', `\nSettings (environment):\n${configHelp()}`)
  .showHelpAfterError('(add --help for the options)')
  .exitOverride()

for (const add of [
  addServeCommands,
  addImportCommands,
  addSimulateCommand,
  addNightlyCommand,
  addReportCommands,
  addSqlCommand,
  addForecastCommand,
  addRulesCommand,
  addEvaluateCommand,
  addScoreCommand,
  addWhyCommand,
  addBacktestCommand,
  addExperimentCommand,
  addForgetCommand,
  addVerifyCommands,
  addDeadLetterCommand,
  addBackupCommands,
  addMoveCommand,
  addKeysCommand,
  addCostCommand,
  addDoctorCommand,
]) {
  add(program)
}
// A subcommand inherits the way of exiting only if told so.
for (const command of program.commands.flatMap((command) => [command, ...command.commands])) {
  command.exitOverride().showHelpAfterError('(add --help for the options)')
}

// A reader such as `head` may go away before all is printed.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : EXIT_FAULT))

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = exitCodeOf(error)
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has printed its own message; help and version are no faults.
    return error.exitCode === 0 ? 0 : EXIT_WRONG_USE
  }
  printError(error)
  return error instanceof HemlineError && WRONG_USE.has(error.code) ? EXIT_WRONG_USE : EXIT_FAULT
}
