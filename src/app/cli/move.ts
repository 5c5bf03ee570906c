/**
 * cli/move: `hemline move --to aws`.
 *
 * In: a data folder, an account and a region.
 * Out: the lake's tables on S3 and in the Glue Data Catalog, read back and compared; with --dry-run, what that would be.
 * Invariant: the data folder stays as it is.
 */
import type { Command } from 'commander'
import { loadAmazon } from './amazon.ts'
import { wrongFlag } from './flags.ts'
import { configOf, withDataFlag } from './settings.ts'
import { print, printTable, progressBar } from './terminal.ts'

interface MoveFlags {
  readonly to: string
  readonly account?: string
  readonly region: string
  readonly bucket: readonly string[]
  readonly dryRun?: boolean
}

const ZONES = ['landing', 'clean', 'mart']

export function addMoveCommand(program: Command): void {
  withDataFlag(program.command('move'))
    .description('copy the lake and its catalogue to S3 and Glue, read it back and compare every file')
    .requiredOption('--to <place>', 'aws')
    .requiredOption('--region <region>', 'such as eu-central-1')
    .option('--account <id>', 'twelve digits: into the buckets that "npm run deploy" made')
    .option(
      '--bucket <zone=name>',
      'bucket of a zone (landing, clean, mart) that is called otherwise; several times',
      collect,
      [],
    )
    .option('--dry-run', 'only say what there is to copy')
    .addHelpText('after', EXAMPLES)
    .action(move)
}

const EXAMPLES = `
Stop Hemline on the folder first. Credentials are found as every AWS tool finds them. A move that was broken off goes on when it
is started again. What is copied costs S3's requests and storage, and is read back once.

  hemline move --to aws --account 123456789012 --region eu-central-1 --dry-run`

async function move(flags: MoveFlags): Promise<void> {
  if (flags.to !== 'aws') throw wrongFlag('--to', 'aws', flags.to)
  const bucketOf = bucketsOf(flags)
  const { dataFolder } = configOf(flags)
  const clients = '@aws-sdk/client-s3 @aws-sdk/client-glue'
  const { moveToAws } = await loadAmazon(() => import('../move-to-aws.ts'), clients)
  const bar = progressBar()
  const target = { region: flags.region, bucketOf, isDryRun: flags.dryRun === true, onProgress: bar.onProgress }
  const moved = await moveToAws(dataFolder, target).finally(() => bar.finish())
  printTable(
    ['table', 'rows', 'files', 'bytes', 'there already'],
    moved.map(({ table, rows, files, bytes, alreadyThere }) => [table, rows, files, bytes, alreadyThere]),
  )
  const total = moved.reduce((sum, { bytes }) => sum + bytes, 0)
  print(
    flags.dryRun
      ? `\nNothing was copied. ${total} bytes would be written, and read back.`
      : `\nEvery file was read back and is what was written.`,
  )
}

function bucketsOf({ account, region, bucket }: MoveFlags): (zone: string) => string {
  const named = new Map(
    bucket.map((text) => {
      const [zone, name = ''] = text.split('=')
      if (!ZONES.includes(zone) || name === '') throw wrongFlag('--bucket', 'zone=name, such as clean=my-bucket', text)
      return [zone, name]
    }),
  )
  if (account !== undefined && !/^\d{12}$/.test(account)) throw wrongFlag('--account', 'twelve digits', account)
  if (account === undefined && ZONES.some((zone) => !named.has(zone))) {
    throw wrongFlag('--account', 'an account, or --bucket for each zone', 'neither')
  }
  return (zone) => named.get(zone) ?? `hemline-${zone}-${account}-${region}`
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}
