/**
 * test/docs/links: what the pages point at is there.
 *
 * In: every Markdown page of the repository, the command line, the settings.
 * Out: links, commands, options, settings and paths that do not exist, each of which fails a test.
 * Invariant: both READMEs show the same commands and settings.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { configHelp } from '../../src/app/config.ts'

const root = join(import.meta.dirname, '..', '..')
const launcher = join(root, 'bin', 'hemline.js')
const SKIPPED_FOLDERS = new Set(['node_modules', 'hemline-data', 'coverage'])
const READMES = ['README.md', 'README.vi.md']

interface Page {
  readonly path: string
  readonly text: string
}

function pagesUnder(folder: string): Page[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = join(folder, entry.name)
    if (entry.isDirectory()) {
      return entry.name.startsWith('.') || SKIPPED_FOLDERS.has(entry.name) ? [] : pagesUnder(full)
    }
    return entry.name.endsWith('.md') ? [{ path: relative(root, full), text: readFileSync(full, 'utf8') }] : []
  })
}

const matches = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? '')
const unique = (names: readonly string[]): string[] => [...new Set(names)].toSorted()

/** GitHub's own rule: lower case, no punctuation, dashes for spaces. */
function anchorsOf(text: string): string[] {
  return matches(text, /^#{1,6} (.+)$/gm).map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** Relative targets of a page's links and pictures that lead nowhere. */
function brokenLinks(page: Page, at = root): string[] {
  const prose = page.text.replaceAll(/^```[\s\S]*?^```/gm, '')
  return matches(prose, /\]\(([^)\s]+)\)/g).filter((target) => {
    if (/^[a-z]+:/.test(target)) return false
    const [file = '', anchor] = target.split('#')
    const path = file === '' ? join(at, page.path) : join(at, dirname(page.path), file)
    if (!existsSync(path)) return true
    return anchor !== undefined && !anchorsOf(readFileSync(path, 'utf8')).includes(anchor)
  })
}

/** Paths of the source that a page names in backticks, such as `steps/collect/routes.ts`, and that are not there. */
function missingPaths(page: Page, files: readonly string[]): string[] {
  const named = matches(page.text, /`([\w./-]+\.(?:ts|js|sql))`/g).filter((name) => !name.includes('NNNN'))
  return named.filter((name) => !files.some((file) => file === name || file.endsWith(`/${name}`)))
}

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) =>
    join(folder, path).replaceAll('\\', '/'),
  )
}

const help = (...words: string[]) =>
  execFileSync(process.execPath, [launcher, ...words, '--help'], { encoding: 'utf8' })
/** Commands, each with its help text. */
const commands = new Map(
  matches(help(), /^ {2}([a-z][a-z-]*) /gm)
    .filter((name) => name !== 'help')
    .map((name) => [name, help(name)]),
)

/** `hemline name --option` in a page: names and options that the command line does not know. */
function unknownCommands(text: string): string[] {
  return [...text.matchAll(/\bhemline ([a-z][a-z-]+)((?:[ \n]+(?:"[^"]*"|[^\s`|;#&]+))*)/g)].flatMap((match) => {
    const [, name = '', rest = ''] = match
    if (!isShown(text, match.index)) return []
    const known = commands.get(name)
    if (known === undefined) return [name]
    const line = rest.split('\n')[0] ?? ''
    return matches(line.replaceAll(/"[^"]*"/g, ''), /(--[a-z][a-z-]*)/g)
      .filter((option) => !known.includes(option))
      .map((option) => `${name} ${option}`)
  })
}

/** Whether the place lies in code: after `npx`, or right after a backtick. */
function isShown(text: string, index: number): boolean {
  return /(?:npx |`)$/.test(text.slice(Math.max(0, index - 4), index))
}

const settings = unique(matches(configHelp(), /\b(HEMLINE_[A-Z_]+)\b/g))
const settingsIn = (text: string) => unique(matches(text, /\b(HEMLINE_[A-Z_]+)\b/g))
const pages = pagesUnder(root)
const readme = (path: string) => pages.find((page) => page.path === path)?.text ?? ''

describe('pages', () => {
  test('are found', () => {
    expect(pages.map((page) => page.path)).toEqual(expect.arrayContaining([...READMES, 'docs/errors.md']))
    expect([...commands.keys()]).toEqual(expect.arrayContaining(['demo', 'up', 'sql']))
  })

  test.each(pages.map((page) => [page.path, page] as const))('%s has no broken link', (_, page) => {
    expect(brokenLinks(page)).toEqual([])
  })

  test.each(['ARCHITECTURE.md', 'CONTRIBUTING.md'])('%s names only files there are', (path) => {
    const files = ['src', 'test', 'bench', 'bin', '.ci'].flatMap(filesUnder)
    const page = { path, text: readme(path) }
    expect(page.text).toMatch(/`[\w./-]+\.ts`/)
    expect(missingPaths(page, files)).toEqual([])
  })

  test('ARCHITECTURE.md lists the rooms there are', () => {
    const text = readme('ARCHITECTURE.md')
    for (const area of ['steps', 'parts', 'tools']) {
      const rooms = readdirSync(join(root, 'src', area))
      const listed = new RegExp(`^ {2}${area}/[\\s\\S]*?(?=^ {2}[a-z]+/|^[a-z])`, 'm').exec(text)?.[0] ?? ''
      expect(rooms.filter((room) => !new RegExp(`\\b${room}\\b`).test(listed))).toEqual([])
    }
  })

  test('every decision is numbered once and says its status', () => {
    const decisions = pages.filter((page) => page.path.startsWith('docs/decisions/'))
    const numbers = decisions.map((page) => /\/(\d{4})-/.exec(page.path)?.[1])
    expect(unique(numbers.map(String)).length).toBe(decisions.length)
    for (const { path, text } of decisions) {
      expect(text, path).toMatch(/^# \d+\. .+\n\nStatus: (accepted|replaced by \[)/)
      expect(Number(/^# (\d+)/.exec(text)?.[1]), path).toBe(Number(/\/(\d{4})-/.exec(path)?.[1]))
    }
  })
})

describe.each(READMES)('%s', (path) => {
  test('shows only commands and options that exist', () => {
    expect(unknownCommands(readme(path))).toEqual([])
  })

  test('lists every setting, and no other', () => {
    expect(settingsIn(readme(path))).toEqual(settings)
  })

  test('shows every command', () => {
    const shown = readme(path)
    // `demo` is what `npm start` runs.
    const missing = [...commands.keys()].filter((name) => name !== 'demo' && !shown.includes(`hemline ${name}`))
    expect(missing).toEqual([])
  })
})

test('both READMEs show the same commands', () => {
  const blocks = (text: string) =>
    matches(text, /^```sh\n([\s\S]*?)^```/gm).map((block) =>
      block
        .replaceAll(/\s*# .*$/gm, '')
        .replaceAll('&locale=vi', '')
        .trim(),
    )
  expect(blocks(readme('README.vi.md'))).toEqual(blocks(readme('README.md')))
})

describe('a planted fault is found', () => {
  const page = (text: string): Page => ({ path: 'README.md', text })
  test('a link to a file that is not there', () => {
    expect(brokenLinks(page('[a](docs/none.md) [b](LICENSE) [c](https://example.org)'))).toEqual(['docs/none.md'])
  })
  test('a link to a heading that is not there', () => {
    expect(brokenLinks(page('[a](docs/errors.md#error-codes) [b](docs/errors.md#none)'))).toEqual([
      'docs/errors.md#none',
    ])
  })
  test('a command and an option that are not there', () => {
    const text = '`hemline fly` and npx hemline sql --json --wings "SELECT --x"'
    expect(unknownCommands(text)).toEqual(['fly', 'sql --wings'])
  })
  test('a file that is not there', () => {
    expect(missingPaths(page('`steps/none.ts` `app/server.ts`'), ['src/app/server.ts'])).toEqual(['steps/none.ts'])
  })
})
