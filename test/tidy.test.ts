/**
 * tidy: the rules of the house, held by a test, and proof that each rule bites.
 *
 * In: every source file under src, test, bench and deploy.
 * Out: a list of violations, which must be empty; planted violations, each of which must be found.
 * Invariant: a rule without a planted violation is not a rule.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, posix, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

const MAX_FILE_LINES = 400
const MAX_STD_FILES = 10
const MAX_RUNTIME_DEPENDENCIES = 16

/** Order of the parts: each may import those before it. */
const PARTS = ['event', 'access', 'stream', 'model', 'serving', 'shopdb', 'lake', 'sql']
const STEPS = ['collect', 'recommend', 'respond', 'deliver', 'refine', 'extract', 'forecast', 'report', 'forget']
const VAGUE_NAMES = /(^|\/)(utils?|helpers?|common|managers?|misc)(\/|\.ts$)/

interface SourceFile {
  readonly path: string
  readonly text: string
}

function filesUnder(folder: string): SourceFile[] {
  const found: SourceFile[] = []
  const walk = (at: string) => {
    for (const name of readdirSync(at)) {
      const full = join(at, name)
      if (['node_modules', 'results', 'cdk.out', '.build'].includes(name)) continue
      if (statSync(full).isDirectory()) walk(full)
      else if (full.endsWith('.ts')) found.push({ path: relative(root, full), text: readFileSync(full, 'utf8') })
    }
  }
  walk(join(root, folder))
  return found
}

function importsOf(file: SourceFile): string[] {
  const specifiers = [...file.text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '')
  return specifiers.map((name) =>
    name.startsWith('.') ? posix.normalize(posix.join(posix.dirname(file.path), name)) : name,
  )
}

/** The rooms of the house that a path lies in: ['steps', 'collect'] for src/steps/collect/x.ts. */
function roomOf(path: string): readonly [string, string] {
  const [, area = '', room = ''] = path.split('/')
  return [area, room]
}

/** Why `from` must not import `to`, or null. */
function forbiddenImport(from: string, to: string): string | null {
  if (!to.startsWith('src/')) {
    const isVendorSdk = to.startsWith('@aws-sdk/') || to.startsWith('@smithy/')
    return isVendorSdk && !from.startsWith('src/wings/aws/') ? 'vendor SDKs appear only in wings/aws' : null
  }
  const [fromArea, fromRoom] = roomOf(from)
  const [toArea, toRoom] = roomOf(to)
  if (fromArea === toArea && fromRoom === toRoom) return null
  if (toArea === 'app') return fromArea === 'app' ? null : 'nothing imports app'
  if (toArea === 'std') return null
  switch (fromArea) {
    case 'std':
      return 'std imports std only'
    case 'parts':
      return toArea === 'parts' && PARTS.indexOf(toRoom) < PARTS.indexOf(fromRoom)
        ? null
        : 'a part imports earlier parts'
    case 'steps':
      return toArea === 'parts' ? null : 'a step imports parts, never another step'
    case 'wings':
      return toArea === 'parts' || (toArea === 'wings' && toRoom === fromRoom) ? null : 'a wing imports parts'
    case 'tools':
      return toArea === 'parts' || toArea === 'steps' || toArea === 'tools' ? null : 'tools import parts and steps'
    default:
      return null
  }
}

function hasModuleHeader(file: SourceFile): boolean {
  const room = file.path.replace(/^src\/(parts|steps|wings\/\w+|tools|std|app)\//, '').replace(/\.ts$/, '')
  return file.text.startsWith('/**\n') && file.text.slice(0, 120).includes(room.split('/').at(-1) ?? '')
}

function violationsOf(file: SourceFile): string[] {
  const found: string[] = []
  const say = (rule: string) => found.push(`${file.path}: ${rule}`)
  const inSource = file.path.startsWith('src/')
  const inApp = file.path.startsWith('src/app/')
  if (file.text.split('\n').length - 1 > MAX_FILE_LINES) say(`longer than ${MAX_FILE_LINES} lines`)
  if (VAGUE_NAMES.test(file.path)) say('a vague name says nothing of what is inside')
  if (file.path.split('/').some((part) => /[A-Z_]/.test(part))) say('file names are kebab-case')
  if (!inSource) return found
  const [area, room] = roomOf(file.path)
  if (area === 'parts' && !PARTS.includes(room)) say('no such part')
  if (area === 'steps' && !STEPS.includes(room)) say('no such step')
  if (!['parts', 'steps', 'wings', 'tools', 'app', 'std'].includes(area)) say('no such area')
  if (!hasModuleHeader(file)) say('no module header naming the file')
  if (!inApp && /\bprocess\.env\b/.test(file.text)) say('process.env stands only in app')
  if (!inApp && /\bDate\.now\(|\bMath\.random\(/.test(file.text)) say('time and chance are arguments outside app')
  if (/\bexport default\b/.test(file.text)) say('exports are named')
  if (/^export \* from/m.test(file.text)) say('no barrels')
  for (const to of importsOf(file)) {
    const why = forbiddenImport(file.path, to)
    if (why) say(`imports ${to}: ${why}`)
  }
  return found
}

describe('the house', () => {
  const source = filesUnder('src')

  test('has no violation of its rules', () => {
    const around = ['test', 'bench', 'deploy'].flatMap(filesUnder)
    expect([...source, ...around].flatMap(violationsOf)).toEqual([])
  })

  test('keeps std small and runtime dependencies few', () => {
    const packageJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    expect(source.filter((file) => file.path.startsWith('src/std/')).length).toBeLessThanOrEqual(MAX_STD_FILES)
    expect(Object.keys(packageJson.dependencies).length).toBeLessThanOrEqual(MAX_RUNTIME_DEPENDENCIES)
    const pinned = Object.values<string>({ ...packageJson.dependencies, ...packageJson.devDependencies })
    expect(pinned.filter((version) => !/^\d/.test(version))).toEqual([])
  })

  test('names no registry host in the lockfile', () => {
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": "https?:/)
  })
})

describe('a planted violation is found', () => {
  const header = (name: string) => `/**\n * ${name}: planted.\n */\n`
  const planted: readonly [rule: string, path: string, text: string][] = [
    ['a step imports parts', 'src/steps/deliver/x.ts', `${header('deliver/x')}import { a } from '../refine/a.ts'\n`],
    [
      'a part imports earlier parts',
      'src/parts/stream/x.ts',
      `${header('stream/x')}import { a } from '../lake/a.ts'\n`,
    ],
    [
      'a part imports earlier parts',
      'src/parts/sql/x.ts',
      `${header('sql/x')}import { a } from '../../steps/refine/a.ts'\n`,
    ],
    ['a wing imports parts', 'src/wings/embedded/x.ts', `${header('x')}import { a } from '../aws/a.ts'\n`],
    ['a wing imports parts', 'src/wings/aws/x.ts', `${header('x')}import { a } from '../../steps/collect/a.ts'\n`],
    ['nothing imports app', 'src/tools/doctor/x.ts', `${header('doctor/x')}import { a } from '../../app/a.ts'\n`],
    ['std imports std only', 'src/std/x.ts', `${header('std/x')}import { a } from '../parts/event/a.ts'\n`],
    ['vendor SDKs', 'src/steps/collect/x.ts', `${header('collect/x')}import { a } from '@aws-sdk/client-s3'\n`],
    ['longer than', 'src/std/x.ts', `${header('std/x')}${'\n'.repeat(MAX_FILE_LINES)}`],
    ['no module header', 'src/std/x.ts', 'export const a = 1\n'],
    ['process.env', 'src/std/x.ts', `${header('std/x')}export const a = process.env['A']\n`],
    ['time and chance', 'src/std/x.ts', `${header('std/x')}export const a = Date.now()\n`],
    ['time and chance', 'src/std/x.ts', `${header('std/x')}export const a = Math.random()\n`],
    ['named', 'src/std/x.ts', `${header('std/x')}export default 1\n`],
    ['no barrels', 'src/std/x.ts', `${header('std/x')}export * from './a.ts'\n`],
    ['vague name', 'src/parts/event/utils.ts', header('utils')],
    ['kebab-case', 'src/parts/event/bigName.ts', header('bigName')],
    ['no such part', 'src/parts/warehouse/x.ts', header('x')],
    ['no such step', 'src/steps/push/x.ts', header('x')],
    ['no such area', 'src/lib/x.ts', header('x')],
  ]

  test.each(planted)('%s: %s', (rule, path, text) => {
    expect(violationsOf({ path, text }).join('\n')).toContain(rule)
  })
})
