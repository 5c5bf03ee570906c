/**
 * test/smoke/run: `npm run smoke:aws`, the contract suites on an AWS account.
 *
 * In: --region, and --yes once it was read what that makes and costs; --endpoint for services that stand in for Amazon's.
 * Out: the suites' results; exit code 1 where one failed.
 * Invariant: nothing is made without --yes, and everything that was made is taken away, however the run ends.
 */
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { startVitest } from 'vitest/node'
import { openAccount, type SmokePlace } from './account.ts'

const { values } = parseArgs({
  options: {
    region: { type: 'string' },
    endpoint: { type: 'string' },
    yes: { type: 'boolean', default: false },
    /** Takes away what a run that was killed has left. */
    remove: { type: 'string' },
  },
})

/** moto, the usual one, lets two at the same moment both win. */
const WITHOUT_RACES = /^(?!.*(racing commits|writers at once|many at once))/

const name = values.remove ?? `hemline-smoke-${randomBytes(4).toString('hex')}`
const say = (text: string): unknown => process.stdout.write(`${text}\n`)

if (values.region === undefined) {
  say('npm run smoke:aws -- --region eu-central-1 [--yes] [--endpoint URL] [--remove NAME]')
  process.exitCode = 2
} else {
  const place: SmokePlace = { region: values.region, endpoint: values.endpoint, name }
  if (values.remove !== undefined) await openAccount(place).remove()
  else if (values.yes) await run(place)
  else say(plan(place))
}

function plan({ region, endpoint }: SmokePlace): string {
  return `In ${endpoint ?? `your AWS account, region ${region}`}, this makes, and takes away at the end:

  S3        one bucket, some 1,500 requests                           about 0.01 USD
  Glue      some 20 databases with a table or two                     free below a million
  Athena    one workgroup, some 25 queries of at most 10 MB           below 0.01 USD
  Kinesis   some 15 streams of one shard, each charged for an hour    about 0.25 USD
  DynamoDB  some 10 tables, on demand                                 below 0.01 USD

It takes some 15 minutes. Prices are those of us-east-1 as remembered; yours may differ. RDS is not part of it: the suite of
the shop's database runs on PostgreSQL with TLS in "npm test". Everything is named hemline-smoke-…; should the run be killed,
"npm run smoke:aws -- --region ${region} --remove NAME" takes away what it left.

Nothing was made. To go on, add --yes.`
}

async function run(place: SmokePlace): Promise<void> {
  const account = openAccount(place)
  say(`everything is named ${place.name}`)
  process.env['HEMLINE_SMOKE'] = JSON.stringify(place)
  try {
    await account.make()
    const vitest = await startVitest('test', [], {
      include: ['test/smoke/*.smoke.ts'],
      watch: false,
      testTimeout: 300_000,
      hookTimeout: 300_000,
      maxWorkers: 1,
      ...(place.endpoint === undefined ? {} : { testNamePattern: WITHOUT_RACES }),
    })
    await vitest.close()
  } finally {
    await account.remove()
    say('all of it was taken away')
  }
}
