/**
 * test/app/erasures: the list of who has been erased.
 *
 * In: erasures, a stream, a file.
 * Out: who may be copied; the list made again from the log.
 * Invariant: no id stands in it.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ensureList } from '../../src/app/erasures.ts'
import { admissionBy, allDue, mergeErasures, personHash, type Erasure } from '../../src/parts/access/suppression.ts'
import { manualClock } from '../../src/std/clock.ts'
import { openErasureFile } from '../../src/wings/embedded/access/erasure-file.ts'
import { memoryStream } from '../contract/memory/memory-stream.ts'

const KEY = '00112233445566778899aabbccddeeff'
const erasureOf = (userId: string, erased_at: string, fields: Partial<Erasure> = {}): Erasure => ({
  erasure_id: `of ${erased_at}`,
  kind: 'user',
  people: [personHash('user', userId, KEY)],
  erased_at,
  state: 'done',
  readmitted_at: null,
  receipt: null,
  ...fields,
})

test('an erased user stays out until readmitted, and again once erased anew', () => {
  expect(admissionBy([], KEY)).toBeNull()
  const first = erasureOf('42', '2026-11-01T00:00:00.000Z')
  expect([admissionBy([first], KEY)?.('42'), admissionBy([first], KEY)?.('7')]).toEqual([null, ''])
  // A visitor of that name is somebody else.
  const visitor = { ...first, people: [personHash('visitor', '42', KEY)] }
  expect(admissionBy([visitor], KEY)?.('42')).toBe('')
  const readmitted = { ...first, readmitted_at: '2026-11-05T00:00:00.000Z' }
  expect(admissionBy([readmitted], KEY)?.('42')).toBe('2026-11-05T00:00:00.000Z')
  expect(admissionBy([readmitted, erasureOf('42', '2026-11-09T00:00:00.000Z')], KEY)?.('42')).toBeNull()
})

test('two lists become one in which the newer word on readmission counts, all to be done again', () => {
  const old = erasureOf('42', '2026-11-01T00:00:00.000Z')
  const other = erasureOf('7', '2026-11-03T00:00:00.000Z')
  const readmitted = { ...old, readmitted_at: '2026-11-05T00:00:00.000Z' }
  const merged = mergeErasures([readmitted], [other, { ...old, people: [...old.people, 'browser'] }])
  expect(merged.map(({ erasure_id }) => erasure_id)).toEqual([old.erasure_id, other.erasure_id])
  expect(merged[0]).toMatchObject({ readmitted_at: readmitted.readmitted_at, people: [...old.people, 'browser'] })
  expect(allDue(merged).map(({ state }) => state)).toEqual(['due', 'due'])
})

test('a list that is gone is made again from the log, for its owner alone to read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hemline-erasures-'))
  const { writer, reader } = memoryStream(manualClock(0))
  const people = [personHash('user', '42', KEY)]
  const received_at = '2026-11-22T00:00:00.000Z'
  await writer.append([{ kind: 'products', received_at, products: [] }])
  await writer.append([{ kind: 'erasure', received_at, erasure_id: 'e1', person: 'user', people }])
  const store = openErasureFile(folder)
  await ensureList(store, reader())
  expect(store.list()).toEqual([{ ...erasureOf('42', received_at), erasure_id: 'e1', state: 'due' }])
  // One that is there is left as it is.
  store.put({ ...store.list()[0], state: 'done' })
  await ensureList(store, reader())
  expect(openErasureFile(folder).list()).toMatchObject([{ erasure_id: 'e1', state: 'done' }])
  expect(statSync(join(folder, 'erasures.json')).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(folder, 'erasures.json'), 'utf8')).not.toContain('"42"')
  rmSync(folder, { recursive: true })
})
