import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ERROR_CODES } from '../../src/std/error-codes.ts'

const root = join(import.meta.dirname, '..', '..')

const page = () => {
  const rows = Object.entries(ERROR_CODES)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([code, kind]) => `| \`${code}\` | ${kind.status} | ${kind.retryable ? 'yes' : 'no'} | ${kind.meaning} |`)
  return `# Error codes

Every fault that reaches a person or a program carries one of these codes, with what was expected, what came, and what to do. Over
HTTP it is an RFC 9457 \`application/problem+json\` body with \`code\`, \`status\`, \`title\`, \`detail\` and \`retryable\`; on the
command line it is the line printed, and the exit code is not 0.

"Retry" says whether the same call may succeed later without a change by the caller.

| code | HTTP | retry | meaning |
|---|---|---|---|
${rows.join('\n')}
`
}

test('docs/errors.md lists exactly the codes there are', async () => {
  await expect(page()).toMatchFileSnapshot('../../docs/errors.md')
})

test('every code is used somewhere in the code', () => {
  const source = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('error-codes.ts'))
    .map((path) => readFileSync(join(root, 'src', path), 'utf8'))
    .join('\n')
  expect(Object.keys(ERROR_CODES).filter((code) => !source.includes(`'${code}'`))).toEqual([])
})
