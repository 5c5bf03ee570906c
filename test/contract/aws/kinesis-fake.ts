/**
 * test/contract/aws/kinesis-fake: kinesis-local in a process of its own, for one file of tests.
 *
 * In: nothing.
 * Out: its address; streams with as many shards as asked.
 * Invariant: it ends with the tests.
 */
import { spawn } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { CreateStreamCommand, DescribeStreamSummaryCommand, type KinesisClient } from '@aws-sdk/client-kinesis'

export interface KinesisFake {
  /** Of its HTTP/1.1 door. */
  readonly endpoint: string
  stop(): void
}

const require = createRequire(import.meta.url)

/** It starts in two seconds where nothing else runs. */
const START_MS = 18_000
const STARTS_MAX = 3
const LOOK_MS = 50
const HEALTH_MS = 1000

/** Tried anew where it does not come up: between being found free and being taken, a port may go to another program. */
export async function startKinesis(): Promise<KinesisFake> {
  for (let start = 1; start <= STARTS_MAX; start++) {
    const fake = await spawnKinesis()
    for (const endMs = Date.now() + START_MS; Date.now() < endMs; await pause(LOOK_MS)) {
      if (await isHealthy(fake.endpoint)) return fake
    }
    fake.stop()
  }
  throw new Error('kinesis-local did not start')
}

async function spawnKinesis(): Promise<KinesisFake> {
  const [plainPort, tlsPort] = [await freePort(), await freePort()]
  const main = require.resolve('kinesis-local')
  const server = spawn(process.execPath, [main], {
    // Its certificate is looked for in the folder it runs in.
    cwd: dirname(main),
    stdio: 'ignore',
    env: {
      KINESIS_MOCK_PLAIN_PORT: String(plainPort),
      KINESIS_MOCK_TLS_PORT: String(tlsPort),
      CREATE_STREAM_DURATION: '1ms',
      SPLIT_SHARD_DURATION: '1ms',
      MERGE_SHARDS_DURATION: '1ms',
      SHARD_LIMIT: '1000',
      LOG_LEVEL: 'ERROR',
    },
  })
  const stop = () => void server.kill('SIGKILL')
  process.once('exit', stop)
  return { endpoint: `http://127.0.0.1:${plainPort}`, stop }
}

async function isHealthy(endpoint: string): Promise<boolean> {
  const signal = AbortSignal.timeout(HEALTH_MS)
  return (await fetch(`${endpoint}/healthcheck`, { signal }).catch(() => null))?.ok ?? false
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

export async function createStream(client: KinesisClient, name: string, shards: number): Promise<void> {
  await client.send(new CreateStreamCommand({ StreamName: name, ShardCount: shards }))
  await isActive(client, name)
}

/** Waits until a change of shards is done. */
export async function isActive(client: KinesisClient, name: string): Promise<void> {
  for (let looks = 0; looks < 1000; looks++) {
    const { StreamDescriptionSummary: summary } = await client.send(
      new DescribeStreamSummaryCommand({ StreamName: name }),
    )
    if (summary?.StreamStatus === 'ACTIVE') return
    await pause(5)
  }
  throw new Error(`stream ${name} is not active`)
}
