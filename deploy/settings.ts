/**
 * deploy/settings: what a shop may choose about its deployment, read once from the command line.
 *
 * In: the arguments of `npm run deploy --`, and a JSON file of what the shop has already.
 * Out: checked settings that the stacks receive.
 * Invariant: no setting is read from the environment or looked up in an account, so synthesis needs no network.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

/** What the shop has already and wants Hemline to use. All of one region and account. */
export interface Existing {
  /** A Kinesis stream, in place of `fashion-ds`. */
  readonly streamArn?: string
  /** A bucket for a zone, in place of one that is made; its owner answers for its policy and encryption. */
  readonly buckets?: { readonly [zone in Zone]?: string }
  readonly database?: ExistingDatabase
}

/** A PostgreSQL on RDS with IAM authentication on, in a VPC whose subnets have a gateway endpoint for S3. */
export interface ExistingDatabase {
  readonly host: string
  readonly port: number
  readonly name: string
  /** The `dbi-…` or `db-…` id that IAM policies name it by. */
  readonly resourceId: string
  readonly vpcId: string
  readonly availabilityZones: readonly string[]
  readonly subnetIds: readonly string[]
  /** Its security group, which is told to let the night's copy in. */
  readonly securityGroupId: string
}

export const ZONES = ['landing', 'clean', 'mart'] as const
export type Zone = (typeof ZONES)[number]

export interface Settings {
  readonly account: string
  readonly region: string
  /** IANA zone in which the shop's day ends. */
  readonly timeZone: string
  readonly size: 'small' | 'large'
  readonly redshift: boolean
  /** ARN of the QuickSight user who gets the data sets, or null: no QuickSight. */
  readonly quicksightUser: string | null
  readonly waf: boolean
  /** Who hears of alarms and of the budget, or null: nobody. */
  readonly alarmEmail: string | null
  readonly budgetUsd: number
  readonly existing: Existing
}

export const ACTIONS = ['synth', 'bootstrap', 'diff', 'deploy', 'destroy'] as const
export type Action = (typeof ACTIONS)[number]

export const USAGE = `npm run deploy -- [${ACTIONS.join(' | ')}] --account ID --region REGION [flags]

  --account ID            the twelve digits of the AWS account
  --region REGION         such as eu-central-1
  --time-zone ZONE        the shop's time zone (default: this machine's)
  --size small|large      large: stream on demand, database in two zones, more memory (default: small)
  --alarm-email ADDRESS   who hears of alarms and of the budget
  --budget-usd AMOUNT     monthly budget that is watched (default: 50)
  --existing FILE         JSON: {"streamArn","buckets":{"landing","clean","mart"},"database":{…}} to use in place of new ones
  --redshift              Redshift Serverless over the same tables
  --quicksight-user ARN   QuickSight data source and data sets, for this user
  --waf                   a web application firewall before CloudFront

The guide, costs and how to take it all down: docs/aws.md`

const BUDGET_USD_MAX = 1_000_000

/** @throws Error that says what is wrong with which argument */
export function readArguments(argv: readonly string[]): { readonly action: Action; readonly settings: Settings } {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      account: { type: 'string' },
      region: { type: 'string' },
      'time-zone': { type: 'string', default: new Intl.DateTimeFormat().resolvedOptions().timeZone },
      size: { type: 'string', default: 'small' },
      'alarm-email': { type: 'string' },
      'budget-usd': { type: 'string', default: '50' },
      existing: { type: 'string' },
      redshift: { type: 'boolean', default: false },
      'quicksight-user': { type: 'string' },
      waf: { type: 'boolean', default: false },
    },
  })
  const action = positionals[0] ?? 'deploy'
  expect(positionals.length < 2 && isOneOf(ACTIONS, action), 'action', ACTIONS.join(', '), positionals.join(' '))
  const settings = checkSettings({
    account: values.account ?? '',
    region: values.region ?? '',
    timeZone: values['time-zone'],
    size: values.size as Settings['size'],
    redshift: values.redshift,
    quicksightUser: values['quicksight-user'] ?? null,
    waf: values.waf,
    alarmEmail: values['alarm-email'] ?? null,
    budgetUsd: Number(values['budget-usd']),
    existing: values.existing === undefined ? {} : (JSON.parse(readFileSync(values.existing, 'utf8')) as Existing),
  })
  return { action: action as Action, settings }
}

/** @throws Error that names the first setting that cannot be */
export function checkSettings(settings: Settings): Settings {
  const { account, region, timeZone, size, quicksightUser, alarmEmail, budgetUsd, existing } = settings
  expect(/^\d{12}$/.test(account), '--account', 'twelve digits', account)
  expect(/^[a-z]{2}(-[a-z]+)+-\d$/.test(region), '--region', 'a region such as eu-central-1', region)
  expect(isTimeZone(timeZone), '--time-zone', 'an IANA time zone such as Europe/Berlin', timeZone)
  expect(size === 'small' || size === 'large', '--size', 'small or large', size)
  expect(alarmEmail === null || /^\S+@\S+$/.test(alarmEmail), '--alarm-email', 'an address', alarmEmail)
  expect(budgetUsd >= 1 && budgetUsd <= BUDGET_USD_MAX, '--budget-usd', `1 to ${BUDGET_USD_MAX}`, budgetUsd)
  const isUser = quicksightUser === null || /^arn:aws[\w-]*:quicksight:.+:user\/.+$/.test(quicksightUser)
  expect(isUser, '--quicksight-user', "a QuickSight user's ARN", quicksightUser)
  checkExisting(existing)
  return settings
}

function checkExisting({ streamArn, buckets, database, ...rest }: Existing): void {
  expect(Object.keys(rest).length === 0, '--existing', 'streamArn, buckets and database', Object.keys(rest).join(', '))
  const isStream = streamArn === undefined || /^arn:aws[\w-]*:kinesis:[^:]+:\d{12}:stream\/.+$/.test(streamArn)
  expect(isStream, 'streamArn', "a Kinesis stream's ARN", streamArn)
  for (const [zone, name] of Object.entries(buckets ?? {})) {
    expect(isOneOf(ZONES, zone), 'buckets', `zones ${ZONES.join(', ')}`, zone)
    expect(/^[a-z0-9][a-z0-9.-]{2,62}$/.test(name), `buckets.${zone}`, "a bucket's name", name)
  }
  if (database === undefined) return
  for (const name of ['host', 'name', 'resourceId', 'vpcId', 'securityGroupId'] as const) {
    expect(typeof database[name] === 'string' && database[name] !== '', `database.${name}`, 'a text', database[name])
  }
  expect(Number.isInteger(database.port), 'database.port', 'a port', database.port)
  const { availabilityZones, subnetIds } = database
  const areSubnets = Array.isArray(subnetIds) && Array.isArray(availabilityZones) && subnetIds.length > 0
  expect(areSubnets, 'database.subnetIds', 'subnets, and the availability zone of each', subnetIds)
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return name !== ''
  } catch {
    return false
  }
}

function isOneOf<Name extends string>(names: readonly Name[], name: string): name is Name {
  return (names as readonly string[]).includes(name)
}

function expect(holds: boolean, subject: string, expected: string, got: unknown): void {
  if (!holds) throw new Error(`${subject}: expected ${expected}, got ${JSON.stringify(got)}`)
}
