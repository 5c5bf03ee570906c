/**
 * test/wings/embedded/stream/reader-worker: reads a stream in a thread of its own.
 *
 * In: the folder, the doorbell, the number of events to wait for.
 * Out: the ids it read; for "idle", whether a wait ended without anything new.
 * Invariant: lives while it waits, although nothing else keeps it alive.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { Position } from '../../../../src/parts/stream/position.ts'
import { openStreamReader } from '../../../../src/wings/embedded/stream/lmdb-reader.ts'
import { idsOf } from '../../../contract/stream.contract.ts'

const { folder, doorbell, count } = workerData as { folder: string; doorbell: SharedArrayBuffer; count: number }
const reader = openStreamReader({ folder, doorbell })
const ids: string[] = []
let after: Position | null = null
while (ids.length < count) {
  const batch = await reader.read(after, 100)
  ids.push(...idsOf(batch.map(({ record }) => record)))
  after = batch.at(-1)?.position ?? after
  if (batch.length === 0) await reader.waitForMore(after, 20_000)
}
const idle = await reader.waitForMore(after, 50)
await reader.close()
parentPort?.postMessage({ ids, idle })
