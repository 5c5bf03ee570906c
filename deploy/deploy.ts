/**
 * deploy/deploy: `npm run deploy`.
 *
 * In: account, region and flags; see `settings.ts`.
 * Out: templates and bundles in deploy/cdk.out, and what the CDK's command line then does with them.
 * Invariant: all that decides what is deployed comes from this checkout and its lockfile; the command line only carries
 *   the finished templates out (decision 33).
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { aws_lambda as lambda } from 'aws-cdk-lib'
import type { Artifacts } from './app-stack.ts'
import { bundleHandlers } from './bundle.ts'
import { hemlineApp } from './hemline.ts'
import { readArguments, USAGE, type Action, type Settings } from './settings.ts'

/** npm's newest `aws-cdk` is older than this and cannot read what the library writes. */
const CDK_COMMAND_LINE = 'aws-cdk@2.1148.1'
const OUT = join(import.meta.dirname, 'cdk.out')
const BUILD = join(import.meta.dirname, '.build')
const PAGE = join(import.meta.dirname, '..', 'src', 'app', 'page')
/** Key and abilities of the page behind CloudFront. */
const PLACE = join(import.meta.dirname, 'site', 'place.js')
const EXIT_WRONG_USE = 2

const given = argumentsGiven()
if (given === null) process.exitCode = EXIT_WRONG_USE
else process.exitCode = await run(given.action, given.settings)

function argumentsGiven(): ReturnType<typeof readArguments> | null {
  try {
    return readArguments(process.argv.slice(2))
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
    return null
  }
}

async function run(action: Action, settings: Settings): Promise<number> {
  const { account, region } = settings
  if (action === 'bootstrap') return cdk(settings, ['bootstrap', `aws://${account}/${region}`])
  rmSync(OUT, { recursive: true, force: true })
  hemlineApp({ settings, artifacts: await artifacts(), outFolder: OUT }).synth()
  switch (action) {
    case 'synth':
      console.log(`The templates are in ${OUT}`)
      return 0
    case 'diff':
      return cdk(settings, ['diff', '--all'])
    case 'destroy':
      // The other stack is protected; docs/aws.md says how to take it down.
      return cdk(settings, ['destroy', 'HemlineApp'])
    default:
      return cdk(settings, ['deploy', '--all', '--require-approval', 'broadening'])
  }
}

async function artifacts(): Promise<Artifacts> {
  const bundles = new Map((await bundleHandlers(join(BUILD, 'handlers'))).map((bundle) => [bundle.name, bundle]))
  const bundleOf = (name: Parameters<Artifacts['code']>[0]) => {
    const bundle = bundles.get(name)
    if (bundle === undefined) throw new Error(`no bundle of ${name}`)
    return bundle
  }
  return {
    code: (name) => lambda.Code.fromAsset(bundleOf(name).folder),
    entry: (name) =>
      `${bundleOf(name)
        .file.slice(dirname(bundleOf(name).file).length + 1)
        .replace(/\.mjs$/, '')}.handler`,
    siteFolder: siteFolder(),
  }
}

/** The page as the web sees it: index.html at the top, what it loads under /assets. */
function siteFolder(): string {
  const folder = join(BUILD, 'site')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  cpSync(join(PAGE, 'index.html'), join(folder, 'index.html'))
  cpSync(PAGE, join(folder, 'assets'), { recursive: true })
  cpSync(PLACE, join(folder, 'assets', 'place.js'))
  return folder
}

function cdk({ region }: Settings, commandLine: readonly string[]): number {
  const all = ['--yes', CDK_COMMAND_LINE, ...commandLine, '--app', OUT, '--no-notices']
  const { status } = spawnSync('npx', all, { stdio: 'inherit', env: { ...process.env, AWS_REGION: region } })
  return status ?? 1
}
