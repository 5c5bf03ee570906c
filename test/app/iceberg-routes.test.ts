/**
 * test/app/iceberg-routes: the catalogue answers as its specification says.
 *
 * In: a lake in a folder, and plain requests.
 * Out: namespaces, tables, metadata, and faults.
 * Invariant: what cannot be read by a key, or is not there, is said in the form that engines understand.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { icebergRoutes } from '../../src/app/iceberg-routes.ts'
import { createAuthorize } from '../../src/parts/access/authorize.ts'
import { parseLossless, stringifyLossless } from '../../src/parts/lake/lossless-json.ts'
import { manualClock } from '../../src/std/clock.ts'
import { openKeyFile } from '../../src/wings/embedded/access/key-file.ts'
import { openFolderFileStore } from '../../src/wings/embedded/lake/file-store.ts'
import { openFolderCatalogue } from '../../src/wings/embedded/lake/table-catalogue.ts'
import { openSmallLake, sale } from '../parts/lake/small-lake.ts'

const root = mkdtempSync(join(tmpdir(), 'hemline-iceberg-'))
const catalogue = openFolderCatalogue(root)
const { lake } = await openSmallLake({ files: await openFolderFileStore(root), catalogue })
await lake.append('clean.sales', { rows: [sale('a', '2026-03-01')] })
const keys = openKeyFile({ folder: root, randomBytes, clock: manualClock(0), allowDemoKey: false })
const faults: unknown[] = []
const app = icebergRoutes({
  catalogue,
  authorize: createAuthorize(keys, () => null),
  onFault: (fault) => void faults.push(fault),
})
afterAll(() => {
  lake.close()
  rmSync(root, { recursive: true, force: true })
})

async function call(path: string, method = 'GET', key = keys.freshAdminKey ?? '') {
  const response = await app.request(path, { method, headers: { authorization: `Bearer ${key}` } })
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : parseLossless(text) }
}

test('lists its calls, namespaces and tables', async () => {
  expect((await call('/v1/config?warehouse=lake')).body).toMatchObject({
    overrides: {},
    endpoints: expect.arrayContaining(['GET /v1/{prefix}/namespaces/{namespace}/tables/{table}']),
  })
  expect((await call('/v1/namespaces?pageToken=')).body).toEqual({ namespaces: [['clean'], ['landing']] })
  expect((await call('/v1/namespaces?parent=clean')).body).toEqual({ namespaces: [] })
  expect((await call('/v1/namespaces/clean')).body).toEqual({ namespace: ['clean'], properties: {} })
  expect((await call('/v1/namespaces/clean/tables')).body).toEqual({
    identifiers: [
      { namespace: ['clean'], name: 'names' },
      { namespace: ['clean'], name: 'sales' },
    ],
  })
})

test('gives the newest metadata with every bit of its ids', async () => {
  const state = await lake.table('clean.sales')
  expect((await call('/v1/namespaces/clean/tables/sales?snapshots=all')).body).toEqual({
    'metadata-location': `file://${state.metadataLocation}`,
    metadata: parseLossless(stringifyLossless({ ...state.metadata, location: `file://${root}/clean/sales` })),
    config: {},
  })
  expect((await call('/v1/namespaces/clean/tables/sales', 'HEAD')).status).toBe(204)
  expect((await call('/v1/namespaces/clean', 'HEAD')).status).toBe(204)
  expect((await call('/v1/namespaces/clean/tables/sales/metrics', 'POST')).status).toBe(204)
})

test.each([
  ['/v1/namespaces/none', 'GET', 404, 'NoSuchNamespaceException'],
  ['/v1/namespaces/none/tables', 'GET', 404, 'NoSuchNamespaceException'],
  ['/v1/namespaces/clean/tables/none', 'GET', 404, 'NoSuchTableException'],
  ['/v1/namespaces/..%2f..%2fetc/tables/x', 'GET', 404, 'NoSuchNamespaceException'],
  ['/v1/namespaces/clean/tables/..%2fsales', 'GET', 404, 'NoSuchTableException'],
  ['/v1/namespaces/clean/views/x', 'GET', 404, 'NotFoundException'],
  ['/v1/namespaces', 'POST', 406, 'UnsupportedOperationException'],
  ['/v1/namespaces/clean/tables/sales', 'POST', 406, 'UnsupportedOperationException'],
  ['/v1/namespaces/clean/tables/sales', 'DELETE', 406, 'UnsupportedOperationException'],
])('answers %s %s with %i', async (path, method, status, type) => {
  expect(await call(path, method)).toMatchObject({ status, body: { error: { type, code: status } } })
})

test('wants an admin key', async () => {
  const read = keys.list().find((key) => key.role === 'read')?.key ?? ''
  expect(await call('/v1/config', 'GET', read)).toMatchObject({
    status: 403,
    body: { error: { type: 'ForbiddenException' } },
  })
  expect(await call('/v1/config', 'GET', 'x')).toMatchObject({
    status: 401,
    body: { error: { type: 'NotAuthorizedException' } },
  })
  expect(faults).toEqual([])
})
