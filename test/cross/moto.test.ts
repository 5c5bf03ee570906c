/**
 * test/cross/moto: the suites of stream and visitors on moto, whose authors read Amazon's documents on their own.
 *
 * In: HEMLINE_TEST_MOTO, the path of `moto_server`.
 * Out: the contracts, as on our other fakes.
 * Invariant: what only one fake would accept is found here.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { KinesisClient } from '@aws-sdk/client-kinesis'
import { afterAll, beforeAll, describe } from 'vitest'
import { manualClock } from '../../src/std/clock.ts'
import { clientSettings, type AwsAccess } from '../../src/wings/aws/access.ts'
import { openDynamoVisitors } from '../../src/wings/aws/serving/dynamo-visitors.ts'
import { openKinesisReader } from '../../src/wings/aws/stream/kinesis-reader.ts'
import { openKinesisWriter } from '../../src/wings/aws/stream/kinesis-writer.ts'
import { startFaultProxy, type FaultProxy } from '../contract/aws/fault-proxy.ts'
import { createStream, freePort } from '../contract/aws/kinesis-fake.ts'
import { tablesAt, type TableFake } from '../contract/aws/table-fake.ts'
import { streamContract } from '../contract/stream.contract.ts'
import { visitorStoreContract } from '../contract/visitor-store.contract.ts'

const motoServer = process.env['HEMLINE_TEST_MOTO'] ?? ''
const needs = motoServer === '' ? ' (skipped: needs HEMLINE_TEST_MOTO)' : ''
const START_LOOKS = 600

describe.skipIf(motoServer === '')(`moto${needs}`, () => {
  let moto: ChildProcess
  let kinesis: FaultProxy
  let tables: TableFake
  let access: AwsAccess
  let client: KinesisClient
  let streams = 0

  beforeAll(async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`
    moto = spawn(motoServer, ['-H', '127.0.0.1', '-p', new URL(endpoint).port], { stdio: 'ignore' })
    for (let looks = 0; looks < START_LOOKS; looks++) {
      if ((await fetch(`${endpoint}/moto-api/`).catch(() => null))?.ok) break
      await pause(100)
    }
    // The SDK speaks HTTP/2 to Kinesis, and moto does not.
    kinesis = await startFaultProxy(endpoint, 'http2')
    tables = await tablesAt(endpoint)
    access = { ...tables.access, endpoint: kinesis.endpoint }
    client = new KinesisClient(clientSettings(access))
  })

  afterAll(async () => {
    client.destroy()
    await tables.stop()
    await kinesis.stop()
    moto.kill('SIGKILL')
  })

  streamContract('moto', async (clock) => {
    const stream = `fashion-ds-${++streams}`
    await createStream(client, stream, 1)
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

  // Of moto's threads two may both find their condition true.
  visitorStoreContract(
    async () => openDynamoVisitors({ access: tables.access, table: await tables.table(), clock: manualClock(0) }),
    1,
  )
})
