/**
 * test/contract/aws/stream.test: the stream's suite on Kinesis, and what only a stream of several shards behind a wire can do wrong.
 *
 * In: one kinesis-local behind the fault proxy.
 * Out: the contract, then faults, resharding and order.
 * Invariant: each case has a stream of its own.
 */
import {
  KinesisClient,
  ListShardsCommand,
  MergeShardsCommand,
  PutRecordCommand,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { formatCheckpoint, isAfter, parseCheckpoint } from '../../../src/parts/stream/checkpoint.ts'
import type { Position } from '../../../src/parts/stream/position.ts'
import type { StreamReader } from '../../../src/parts/stream/port.ts'
import type { EventsRecord, StoredRecord } from '../../../src/parts/stream/record.ts'
import type { HemlineError } from '../../../src/std/errors.ts'
import { clientSettings, type AwsAccess } from '../../../src/wings/aws/access.ts'
import { openKinesisReader } from '../../../src/wings/aws/stream/kinesis-reader.ts'
import { openKinesisWriter } from '../../../src/wings/aws/stream/kinesis-writer.ts'
import { anEvent, idsOf, streamContract } from '../stream.contract.ts'
import { startFaultProxy, type Fault, type FaultProxy } from './fault-proxy.ts'
import { createStream, isActive, startKinesis, type KinesisFake } from './kinesis-fake.ts'

let kinesis: KinesisFake
let proxy: FaultProxy
let client: KinesisClient
let access: AwsAccess
let streams = 0
const closing: (() => Promise<void>)[] = []

beforeAll(async () => {
  kinesis = await startKinesis()
  proxy = await startFaultProxy(kinesis.endpoint, 'http2')
  access = {
    region: 'eu-central-1',
    endpoint: proxy.endpoint,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    // No test waits for a pause, and none depends on how busy the machine is.
    random: () => 0,
    answerMs: 60_000,
  }
  client = new KinesisClient(clientSettings(access))
})

afterEach(async () => {
  proxy.chance(null)
  for (const close of closing.splice(0)) await close()
})

afterAll(async () => {
  client.destroy()
  await proxy.stop()
  kinesis.stop()
})

/** Certain of everything at once: to it, all arrived long ago. */
const LATER = { nowMs: () => Date.now() + 60_000 }

async function newStream(shards: number): Promise<string> {
  const stream = `fashion-ds-${++streams}`
  await createStream(client, stream, shards)
  return stream
}

function openWriter(stream: string) {
  const writer = openKinesisWriter({ access, stream })
  closing.push(() => writer.close())
  return writer
}

function openReader(stream: string, corrupt: HemlineError[] = []) {
  const reader = openKinesisReader({ access, stream, clock: LATER, onCorrupt: (fault) => corrupt.push(fault) })
  closing.push(() => reader.close())
  return reader
}

streamContract('Kinesis', async (clock) => {
  const stream = await newStream(1)
  const writer = openKinesisWriter({ access, stream })
  const reader = openKinesisReader({ access, stream, clock, onCorrupt: () => undefined })
  return {
    writer,
    reader,
    close: async () => {
      await reader.close()
      await writer.close()
    },
  }
})

function recordOf(visitor: string, ...ids: readonly string[]): EventsRecord {
  const head = { kind: 'events', received_at: '2026-11-23T12:00:00.000Z', visitor_key: visitor } as const
  return { ...head, events: ids.map((id) => anEvent(id, visitor)) }
}

const visitors = (count: number): string[] => Array.from({ length: count }, (_, nth) => `v-${nth}`)

async function readOn(reader: StreamReader, after: Position | null, step = 1000): Promise<StoredRecord[]> {
  const all: StoredRecord[] = []
  for (;;) {
    const read = await reader.read(all.at(-1)?.position ?? after, step)
    if (read.length === 0) return all
    all.push(...read)
  }
}

/** Each visitor's ids in the order in which they were first seen. */
function firstSeen(stored: readonly StoredRecord[]): Record<string, string[]> {
  const seen: Record<string, string[]> = {}
  for (const { record } of stored) {
    if (record.kind !== 'events') continue
    const mine = (seen[record.visitor_key] ??= [])
    for (const id of idsOf([record])) if (!mine.includes(id)) mine.push(id)
  }
  return seen
}

describe('Kinesis, as it fails', () => {
  test('takes what a call left undone again, each visitor in order', async () => {
    const stream = await newStream(2)
    const records = visitors(8).flatMap((key) => [recordOf(key, `${key}-1`), recordOf(key, `${key}-2`)])
    proxy.plan('PutRecords', 'partial', 'partial', 'throttle')
    await openWriter(stream).append(records)
    const stored = await readOn(openReader(stream), null)
    expect(stored).toHaveLength(16)
    expect(firstSeen(stored)).toEqual(Object.fromEntries(visitors(8).map((key) => [key, [`${key}-1`, `${key}-2`]])))
  })

  test('repeats a call whose answer was lost, so that a record may stand there twice and none is missing', async () => {
    const stream = await newStream(1)
    const writer = openWriter(stream)
    proxy.plan('PutRecord', 'lost')
    await writer.append([recordOf('v-1', 'a')])
    proxy.plan('PutRecords', 'lost')
    await writer.append([recordOf('v-1', 'b'), recordOf('v-2', 'c')])
    const stored = await readOn(openReader(stream), null)
    expect(idsOf(stored.map(({ record }) => record))).toEqual(['a', 'a', 'b', 'c', 'b', 'c'])
  })

  test('waits for a shard that is busy, and says so when it stays busy', async () => {
    const stream = await newStream(1)
    const writer = openWriter(stream)
    proxy.plan('PutRecord', 'throttle', 'broken', 'throttle')
    await writer.append([recordOf('v-1', 'a')])
    proxy.chance((operation) => (operation === 'PutRecord' ? 'throttle' : null))
    const refused = writer.append([recordOf('v-1', 'b')])
    await expect(refused).rejects.toMatchObject({ code: 'HEM_STREAM_FULL', retryable: true })
    proxy.chance(null)
    await writer.append([recordOf('v-1', 'c')])
    expect(idsOf((await readOn(openReader(stream), null)).map(({ record }) => record))).toEqual(['a', 'c'])
  })

  test('says that it cannot write to a stream that is not there, and tries once', async () => {
    const before = proxy.calls('PutRecord')
    const refused = openWriter('no-such-stream').append([recordOf('v-1', 'a')])
    await expect(refused).rejects.toMatchObject({ code: 'HEM_STREAM_WRITE_FAILED' })
    expect(proxy.calls('PutRecord') - before).toBe(1)
    await expect(openReader('no-such-stream').read(null, 1)).rejects.toMatchObject({ code: 'HEM_STREAM_READ_FAILED' })
  })

  test('splits what is more than a call may hold', async () => {
    const writer = openWriter(await newStream(1))
    const calls = proxy.calls('PutRecords')
    proxy.chance((operation) => (operation === 'PutRecords' ? 'accept' : null))
    await writer.append(visitors(1100).map((key) => recordOf(key, key)))
    expect(proxy.calls('PutRecords') - calls).toBe(3)
    const large = { ...anEvent('large'), properties: { text: 'x'.repeat(63_000) } }
    await writer.append(visitors(100).map((key) => ({ ...recordOf(key), events: [large] })))
    expect(proxy.calls('PutRecords') - calls).toBe(5)
  })

  test('reads on where an iterator has expired', async () => {
    const stream = await newStream(1)
    const writer = openWriter(stream)
    const reader = openReader(stream)
    await writer.append([recordOf('v-1', 'a')])
    const [first] = await reader.read(null, 10)
    await writer.append([recordOf('v-1', 'b')])
    proxy.plan('GetRecords', 'expired', 'throttle', 'lost')
    expect(idsOf((await reader.read(first.position, 10)).map(({ record }) => record))).toEqual(['b'])
  })

  test('leaves out what is no record of ours, and tells of it', async () => {
    const stream = await newStream(1)
    const writer = openWriter(stream)
    const corrupt: HemlineError[] = []
    await writer.append([recordOf('v-1', 'a')])
    await client.send(
      new PutRecordCommand({ StreamName: stream, PartitionKey: 'v-1', Data: Buffer.from('{"not":"ours"}') }),
    )
    await writer.append([recordOf('v-1', 'b')])
    const stored = await readOn(openReader(stream, corrupt), null)
    expect(idsOf(stored.map(({ record }) => record))).toEqual(['a', 'b'])
    expect(corrupt.map(({ code }) => code)).toEqual(['HEM_STREAM_RECORD_CORRUPT'])
  })

  test('loses nothing and keeps each visitor in order, whatever fails', async () => {
    const stream = await newStream(3)
    const writer = openWriter(stream)
    const faults: readonly (Fault | null)[] = ['throttle', null, 'lost', null, 'broken', null]
    let calls = 0
    proxy.chance((operation) => {
      const fault = faults[(calls++ * 7) % faults.length] ?? null
      if (operation === 'GetRecords' && calls % 5 === 0) return 'expired'
      return operation === 'PutRecords' && calls % 3 === 0 ? 'partial' : fault
    })
    const sent = visitors(9)
    for (const round of [1, 2, 3]) {
      await Promise.all(
        [0, 3, 6].map((first) =>
          writer.append(sent.slice(first, first + 3).map((key) => recordOf(key, `${key}-${round}`))),
        ),
      )
    }
    const seen = firstSeen(await readOn(openReader(stream), null, 9))
    expect(seen).toEqual(Object.fromEntries(sent.map((key) => [key, [1, 2, 3].map((round) => `${key}-${round}`)])))
  })
})

describe('several shards', () => {
  test('are read in one order, in steps of any size, by a reader that goes on from text', async () => {
    const stream = await newStream(3)
    const writer = openWriter(stream)
    for (const key of visitors(12)) await writer.append([recordOf(key, key)])
    const atOnce = await readOn(openReader(stream), null)
    const slowly: StoredRecord[] = []
    let text: string | null = null
    for (let step = 1; ; step++) {
      const read = await openReader(stream).read(parseCheckpoint(text), 1 + (step % 3))
      if (read.length === 0) break
      slowly.push(...read)
      text = formatCheckpoint(read[read.length - 1].position)
    }
    expect(idsOf(atOnce.map(({ record }) => record))).toEqual(visitors(12))
    expect(idsOf(slowly.map(({ record }) => record))).toEqual(visitors(12))
  })

  test('hold a record back until no other shard can hold an older one', async () => {
    const stream = await newStream(2)
    await openWriter(stream).append([recordOf('v-1', 'a')])
    let nowMs = Date.now()
    const reader = openKinesisReader({ access, stream, clock: { nowMs: () => nowMs }, onCorrupt: () => undefined })
    closing.push(() => reader.close())
    expect(await reader.read(null, 10)).toEqual([])
    nowMs += 60_000
    expect(await reader.read(null, 10)).toHaveLength(1)
  })

  test('split and merge without a record lost, repeated or out of its visitor’s order', async () => {
    const stream = await newStream(1)
    const writer = openWriter(stream)
    const reader = openReader(stream)
    const round = (number: number) => writer.append(visitors(6).map((key) => recordOf(key, `${key}-${number}`)))
    await round(1)
    const before = await reader.read(null, 4)
    const [parent] = await shardsOf(stream)
    const half = (BigInt(parent.HashKeyRange?.EndingHashKey ?? 0) / 2n).toString()
    await client.send(
      new SplitShardCommand({ StreamName: stream, ShardToSplit: parent.ShardId, NewStartingHashKey: half }),
    )
    await isActive(client, stream)
    await round(2)
    const [, left, right] = await shardsOf(stream)
    await client.send(
      new MergeShardsCommand({ StreamName: stream, ShardToMerge: left.ShardId, AdjacentShardToMerge: right.ShardId }),
    )
    await isActive(client, stream)
    const { last } = await round(3)
    const after = before.at(-1)?.position ?? null
    const rest = await readOn(reader, after, 5)
    const anew = await readOn(openReader(stream), after, 2)
    for (const read of [rest, anew]) {
      const stored = [...before, ...read]
      expect(stored).toHaveLength(18)
      expect(firstSeen(stored)).toEqual(
        Object.fromEntries(visitors(6).map((key) => [key, [1, 2, 3].map((number) => `${key}-${number}`)])),
      )
    }
    const end = rest.at(-1)?.position ?? null
    expect([...before, ...rest].some(({ position }) => isAfter(position, end))).toBe(false)
    expect(isAfter(last, end)).toBe(false)
    expect(isAfter((await round(4)).last, end)).toBe(true)
    expect(await reader.waitForMore(end, 0)).toBe(true)
  })
})

async function shardsOf(stream: string) {
  return (await client.send(new ListShardsCommand({ StreamName: stream }))).Shards ?? []
}
