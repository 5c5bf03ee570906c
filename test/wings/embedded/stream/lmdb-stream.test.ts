/**
 * test/wings/embedded/stream/lmdb-stream.test: what the LMDB wing promises beyond the contract.
 *
 * In: temporary folders, worker threads, a small disk where root can mount one.
 * Out: readers in other threads and processes, restarts, damaged records, a full disk.
 * Invariant: nothing acknowledged is lost.
 */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { manualClock } from '../../../../src/std/clock.ts'
import { openStreamReader } from '../../../../src/wings/embedded/stream/lmdb-reader.ts'
import { keyOf, openStreamFiles } from '../../../../src/wings/embedded/stream/lmdb-files.ts'
import { openStreamWriter, type StreamWriterOptions } from '../../../../src/wings/embedded/stream/lmdb-writer.ts'
import { anEvent, eventsRecord, idsOf } from '../../../contract/stream.contract.ts'

const clock = manualClock(Date.UTC(2026, 10, 23, 12))
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hemline-lmdb-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const open = (changed: Partial<StreamWriterOptions> = {}) =>
  openStreamWriter({ folder, clock, randomBytes, minFreeBytes: 0, ...changed })

test('wakes a reader in another thread, which sees each record once', async () => {
  const writer = await open()
  const worker = new Worker(new URL('reader-worker.ts', import.meta.url), {
    workerData: { folder, doorbell: writer.doorbell.memory, count: 300 },
  })
  const answer = new Promise<{ ids: string[]; idle: boolean }>((resolve, reject) => {
    worker.on('message', resolve)
    worker.on('error', reject)
    worker.on('exit', (code) => reject(new Error(`exit ${code}`)))
  })
  const sent = Array.from({ length: 300 }, (_, nth) => `e-${nth}`)
  for (const id of sent) await writer.append([eventsRecord(id)])
  expect(await answer).toEqual({ ids: sent, idle: false })
  await writer.close()
})

test('lets a reader without the doorbell, as in another process, see what is on disk', async () => {
  const writer = await open()
  const reader = openStreamReader({ folder })
  const waiting = reader.waitForMore(null, 5000)
  await writer.append([eventsRecord('a')])
  expect(await waiting).toBe(true)
  expect(idsOf((await reader.read(null, 10)).map(({ record }) => record))).toEqual(['a'])
  await reader.close()
  await writer.close()
})

test('goes on after a restart with the next number, and knows the ids of the last day only', async () => {
  const first = await open()
  await first.append([eventsRecord('old')])
  clock.advance(20 * 3_600_000)
  await first.append([eventsRecord('new')])
  await first.close()
  clock.advance(5 * 3_600_000)
  const second = await open()
  const { last, duplicateEventIds } = await second.append([eventsRecord('old', 'new', 'third')])
  expect(duplicateEventIds).toEqual(['new'])
  expect(Number(last.sequence_number)).toBe(3)
  await second.close()
})

test('says of a record that its bytes changed on disk, and gives those behind it', async () => {
  const writer = await open()
  await writer.append([eventsRecord('a'), eventsRecord('b')])
  await writer.close()
  const files = openStreamFiles(folder)
  const bytes = Buffer.from(files.records.get(keyOf(1)) ?? [])
  bytes[bytes.length - 20] ^= 1
  await files.records.put(keyOf(1), bytes)
  await files.environment.close()
  const reader = openStreamReader({ folder })
  const [altered, next] = (await reader.read(null, 10)).map(({ record }) => record)
  expect(altered).toMatchObject({ kind: 'unreadable', bytes: bytes.toString('base64') })
  expect(next).toEqual(eventsRecord('b'))
  await reader.close()
})

test('refuses more than its queue may hold, and takes more once it is on disk', async () => {
  const writer = await open({ maxQueueBytes: 1000 })
  const calls = await Promise.allSettled(
    Array.from({ length: 20 }, (_, nth) => writer.append([eventsRecord(`q-${nth}`)])),
  )
  const refused = calls.filter((call) => call.status === 'rejected')
  expect(refused.length).toBeGreaterThan(0)
  expect(refused[0].reason).toMatchObject({ code: 'HEM_STREAM_FULL', retryable: true })
  expect(writer.queuedBytes()).toBe(0)
  const again = await Promise.all(Array.from({ length: 1 }, () => writer.append([eventsRecord('q-19')])))
  expect(again[0].duplicateEventIds).toEqual([])
  await writer.close()
})

test('drains before it closes, and refuses what comes after', async () => {
  const writer = await open()
  const pending = writer.append([eventsRecord('a')])
  await writer.close()
  expect(Number((await pending).last.sequence_number)).toBe(1)
  await expect(writer.append([eventsRecord('b')])).rejects.toMatchObject({ code: 'HEM_STREAM_CLOSED' })
})

test('stops below the room that others need, and resumes when there is more', async () => {
  const writer = await open({ minFreeBytes: Number.MAX_SAFE_INTEGER })
  const [first, copy] = await Promise.allSettled([
    writer.append([eventsRecord('a')]),
    writer.append([eventsRecord('a')]),
  ])
  // The copy's acknowledgement hangs on its original.
  for (const call of [first, copy]) {
    expect(call).toMatchObject({ status: 'rejected', reason: { code: 'HEM_STREAM_DISK_FULL', retryable: true } })
  }
  await writer.close()
  const roomy = await open()
  expect((await roomy.append([eventsRecord('a')])).duplicateEventIds).toEqual([])
  await roomy.close()
})

/** A disk of 8 MiB, or why there can be none. */
function smallDisk(): { readonly path: string; readonly remove: () => void } | string {
  if (process.getuid?.() !== 0) return 'needs root to mount a small disk'
  const path = mkdtempSync(join(tmpdir(), 'hemline-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', path], { stdio: 'pipe' })
  } catch {
    rmSync(path, { recursive: true })
    return 'the system lets nobody mount a small disk'
  }
  return {
    path,
    remove: () => {
      execFileSync('umount', [path])
      rmSync(path, { recursive: true })
    },
  }
}

describe('a full disk', () => {
  test('loses nothing acknowledged, answers 503 and resumes alone once there is room (skipped: needs the right to mount)', async ({
    skip,
  }) => {
    const disk = smallDisk()
    if (typeof disk === 'string') return skip(disk)
    const ballast = join(disk.path, 'ballast')
    writeFileSync(ballast, Buffer.alloc(4 * 1024 * 1024))
    const at = join(disk.path, 'stream')
    mkdirSync(at)
    const writer = await open({ folder: at })
    const acknowledged: string[] = []
    const refused: string[] = []
    const send = async (id: string) => {
      const large = { ...eventsRecord(), events: [{ ...anEvent(id), properties: { text: 'x'.repeat(8000) } }] }
      try {
        await writer.append([large])
        acknowledged.push(id)
      } catch (error) {
        expect(error).toMatchObject({ code: 'HEM_STREAM_DISK_FULL', status: 503, retryable: true })
        refused.push(id)
      }
    }
    for (let nth = 0; refused.length < 5 && nth < 2000; nth++) await send(`e-${nth}`)
    expect(refused).toHaveLength(5)
    unlinkSync(ballast)
    const before = refused.splice(0)
    for (const id of before) await send(id)
    expect(refused).toEqual([])
    const reader = openStreamReader({ folder: at, doorbell: writer.doorbell.memory })
    expect(idsOf((await reader.read(null, 10_000)).map(({ record }) => record))).toEqual(acknowledged)
    await reader.close()
    await writer.close()
    disk.remove()
  })
})
