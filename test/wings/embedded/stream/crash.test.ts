/**
 * test/wings/embedded/stream/crash.test: what kill -9 at a random moment leaves behind.
 *
 * In: a child process that writes and tells of each acknowledgement.
 * Out: the stream as the next start finds it.
 * Invariant: every acknowledged event is there once; numbers have no gaps.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { openStreamReader } from '../../../../src/wings/embedded/stream/lmdb-reader.ts'
import { openStreamWriter } from '../../../../src/wings/embedded/stream/lmdb-writer.ts'
import { eventsRecord, idsOf } from '../../../contract/stream.contract.ts'

const KILLS = 6
const child = join(import.meta.dirname, 'crash-child.ts')

/** Runs a writer until it is killed, and gives back what it acknowledged. */
async function runAndKill(folder: string, run: string): Promise<Map<string, string>> {
  const writer = spawn(process.execPath, [child, folder, run], { stdio: ['ignore', 'pipe', 'inherit'] })
  const output = text(writer.stdout)
  await once(writer.stdout, 'readable')
  await new Promise((resolve) => setTimeout(resolve, 30 + Math.random() * 150))
  writer.kill('SIGKILL')
  const acknowledged = new Map<string, string>()
  // The last line may be cut short by the kill.
  for (const line of (await output).split('\n').slice(0, -1)) {
    const [sequence, ...ids] = line.split(' ')
    for (const id of ids) acknowledged.set(id, sequence)
  }
  return acknowledged
}

test('keeps every acknowledged event exactly once through kill -9, and still knows its id', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hemline-crash-'))
  const acknowledged = new Map<string, string>()
  for (let run = 0; run < KILLS; run++) {
    for (const [id, sequence] of await runAndKill(folder, `run${run}`)) acknowledged.set(id, sequence)
  }
  const writer = await openStreamWriter({ folder, clock: { nowMs: () => Date.now() }, randomBytes, minFreeBytes: 0 })
  const reader = openStreamReader({ folder, doorbell: writer.doorbell.memory })
  const found = new Map<string, number>()
  const sequenceOfId = new Map<string, string>()
  let after = null
  let records = 0
  for (;;) {
    const batch = await reader.read(after, 5000)
    if (batch.length === 0) break
    for (const { position, record } of batch) {
      records++
      expect(Number(position.sequence_number)).toBe(records)
      for (const id of idsOf([record])) {
        found.set(id, (found.get(id) ?? 0) + 1)
        sequenceOfId.set(id, position.sequence_number)
      }
    }
    after = batch.at(-1)?.position ?? null
  }
  expect(acknowledged.size).toBeGreaterThan(KILLS * 3)
  const lost = [...acknowledged].filter(([id, sequence]) => !((sequenceOfId.get(id) ?? '~') <= sequence))
  expect(lost).toEqual([])
  expect([...found.values()].filter((times) => times > 1)).toEqual([])
  const sample = [...acknowledged.keys()].slice(-20)
  expect((await writer.append([eventsRecord(...sample)])).duplicateEventIds).toEqual(sample)
  await reader.close()
  await writer.close()
  rmSync(folder, { recursive: true })
})
