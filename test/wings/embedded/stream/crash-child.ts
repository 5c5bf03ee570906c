/**
 * test/wings/embedded/stream/crash-child: a writer that is going to be killed.
 *
 * In: the folder, the run's name.
 * Out: a line for each acknowledgement, with the sequence number and the ids it covers.
 * Invariant: a line is written after the acknowledgement, never before.
 */
import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { openStreamWriter } from '../../../../src/wings/embedded/stream/lmdb-writer.ts'
import { eventsRecord } from '../../../contract/stream.contract.ts'

const [folder, run] = process.argv.slice(2)
const PRODUCERS = 8
const writer = await openStreamWriter({ folder, clock: { nowMs: () => Date.now() }, randomBytes, minFreeBytes: 0 })

async function produce(producer: number): Promise<never> {
  for (let call = 0; ; call++) {
    const ids = [0, 1, 2].map((nth) => `${run}-${producer}-${call}-${nth}`)
    const { last } = await writer.append([eventsRecord(ids[0], ids[1]), eventsRecord(ids[2])])
    writeSync(1, `${last.sequence_number} ${ids.join(' ')}\n`)
  }
}
await Promise.all(Array.from({ length: PRODUCERS }, (_, producer) => produce(producer)))
