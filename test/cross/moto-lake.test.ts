/**
 * test/cross/moto-lake: files, the model's image and the life of a table on moto, whose authors read Amazon's documents on their own.
 *
 * In: HEMLINE_TEST_MOTO, the path of `moto_server`.
 * Out: the contracts as on our own fakes, and the rows of a lake; moto's Glue does not mind an old version, so no race.
 * Invariant: what only one fake would accept is found here.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openS3FileStore } from '../../src/wings/aws/lake/file-store.ts'
import { openGlueCatalogue } from '../../src/wings/aws/lake/table-catalogue.ts'
import { openS3ModelImages } from '../../src/wings/aws/model/image-store.ts'
import { freePort } from '../contract/aws/kinesis-fake.ts'
import { fileStoreContract } from '../contract/file-store.contract.ts'
import { modelImageContract, sharedImageContract } from '../contract/model-image.contract.ts'
import { idsIn, openSmallLake, sale, SALES } from '../parts/lake/small-lake.ts'
import { openAccount, type SmokeAccount } from '../smoke/account.ts'

const motoServer = process.env['HEMLINE_TEST_MOTO'] ?? ''
const needs = motoServer === '' ? ' (skipped: needs HEMLINE_TEST_MOTO)' : ''
const START_LOOKS = 600

describe.skipIf(motoServer === '')(`moto${needs}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'hemline-moto-'))
  let moto: ChildProcess
  let account: SmokeAccount
  let places = 0

  beforeAll(async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`
    moto = spawn(motoServer, ['-H', '127.0.0.1', '-p', new URL(endpoint).port], { stdio: 'ignore' })
    for (let looks = 0; looks < START_LOOKS; looks++) {
      if ((await fetch(`${endpoint}/moto-api/`).catch(() => null))?.ok) break
      await pause(100)
    }
    account = openAccount({ region: 'eu-central-1', endpoint, name: 'hemline-moto' })
    await account.make()
  })
  afterAll(() => {
    moto.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  const openFiles = () =>
    openS3FileStore({
      access: account.access,
      bucketOf: () => account.bucket,
      prefix: `lake-${places}`,
      cacheFolder: join(folder, `cache-${places++}`),
      cacheBytes: 64 * 1024 * 1024,
      clock: { nowMs: () => Date.now() },
      entropy: randomBytes,
    })
  const openImages = async () => {
    const { access, bucket } = account
    const key = `model/${places++}.image`
    const open = () => openS3ModelImages({ access, bucket, key, entropy: randomBytes, rangeBytes: 300 })
    return { store: open(), other: open() }
  }

  fileStoreContract('moto', openFiles)
  modelImageContract('moto', openImages)
  sharedImageContract('moto', openImages)

  test('keeps a table through appends, a replaced day, a compaction and an expiry', async () => {
    const files = await openFiles()
    const catalogue = openGlueCatalogue({ access: account.access, files, entropy: randomBytes })
    const { lake, clock } = await openSmallLake({ tables: [SALES], files, catalogue })
    for (const id of ['a', 'b', 'c']) await lake.append('clean.sales', { rows: [sale(id, '2026-03-01')] })
    await lake.replace('clean.sales', ['2026-03-02'], { rows: [sale('d', '2026-03-02')] })
    clock.advance(1000)
    const limits = { keepSnapshots: 1, keepSnapshotsMs: 0, orphanAgeMs: 0, compactFiles: 2, smallFileBytes: 1e6 }
    expect((await lake.maintain(limits))[0]).toMatchObject({ compactedFiles: 3, expiredSnapshots: 4 })
    expect(await idsIn(lake, 'clean.sales')).toBe('a b c d')
    lake.close()
  })
})
