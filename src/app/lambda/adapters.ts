/**
 * lambda/adapters: the wing's adapters under the names that the deployment gave.
 *
 * In: a function's environment.
 * Out: streams, stores and the lake; the secret from which keys are made.
 * Invariant: nothing is reached before it is used.
 */
import { mkdirSync } from 'node:fs'
import type { KeyStore } from '../../parts/access/key-store.ts'
import { seededKeyStore } from '../../parts/access/seeded-keys.ts'
import type { FileStore } from '../../parts/lake/port.ts'
import type { SharedImageStore } from '../../parts/model/port.ts'
import type { ShopShelf } from '../../parts/serving/shelf.ts'
import type { ForgettingStore } from '../../parts/serving/port.ts'
import type { VisitorStore } from '../../parts/serving/visitor-store.ts'
import type { StreamReader, StreamWriter } from '../../parts/stream/port.ts'
import { openS3FileStore } from '../../wings/aws/lake/file-store.ts'
import { openS3ModelImages } from '../../wings/aws/model/image-store.ts'
import { openDynamoShelf } from '../../wings/aws/serving/dynamo-shelf.ts'
import { openDynamoVisitors } from '../../wings/aws/serving/dynamo-visitors.ts'
import { openS3Published } from '../../wings/aws/serving/s3-published.ts'
import { readKeySeed } from '../../wings/aws/access/key-seed.ts'
import { openKinesisReader } from '../../wings/aws/stream/kinesis-reader.ts'
import { openKinesisWriter } from '../../wings/aws/stream/kinesis-writer.ts'
import { SCRATCH_FOLDER, type LambdaEnvironment } from './environment.ts'
import { createErasureList, type ErasureList } from './erasure-list.ts'

/** Of the four gigabytes that a function with DuckDB gets for files. */
const CACHE_BYTES = 2 * 1024 ** 3
const MODEL_KEY = 'model/current.image'

type Environment = LambdaEnvironment

export function openStream({ access, value }: Environment): StreamWriter {
  return openKinesisWriter({ access, stream: value('HEMLINE_STREAM') })
}

export function openStreamReader({ access, clock, onFault, value }: Environment): StreamReader {
  return openKinesisReader({ access, clock, stream: value('HEMLINE_STREAM'), onCorrupt: onFault })
}

export function openVisitors({ access, clock, value }: Environment): VisitorStore & ForgettingStore {
  return openDynamoVisitors({ access, clock, table: value('HEMLINE_TABLE') })
}

export function openShelf({ access, clock, entropy, onFault, value }: Environment): ShopShelf {
  const published = openS3Published({ access, entropy, bucket: value('HEMLINE_MODEL_BUCKET'), prefix: 'serving/' })
  return openDynamoShelf({ access, clock, published, table: value('HEMLINE_TABLE'), onStale: onFault })
}

export function openModelImages({ access, entropy, value }: Environment): SharedImageStore {
  return openS3ModelImages({ access, entropy, bucket: value('HEMLINE_MODEL_BUCKET'), key: MODEL_KEY })
}

/** The landing bucket as it is, and below clean/ and mart/ the other zones': tables, what Firehose and `extract` wrote, dead letters. */
export function openFiles({ access, clock, entropy, value }: Environment): Promise<FileStore> {
  mkdirSync(SCRATCH_FOLDER, { recursive: true })
  const buckets: Readonly<Record<string, string>> = {
    clean: value('HEMLINE_CLEAN_BUCKET'),
    mart: value('HEMLINE_MART_BUCKET'),
  }
  const landing = value('HEMLINE_LANDING_BUCKET')
  return openS3FileStore({
    access,
    clock,
    entropy,
    bucketOf: (zone) => buckets[zone] ?? landing,
    cacheFolder: SCRATCH_FOLDER,
    cacheBytes: CACHE_BYTES,
  })
}

/** Given outright to functions in a network from which Secrets Manager cannot be reached. */
export async function readSeed({ access, value, optional }: Environment): Promise<string> {
  return optional('HEMLINE_KEYS_SEED') ?? readKeySeed(access, value('HEMLINE_KEYS_SECRET'))
}

export async function openKeys(environment: Environment): Promise<Pick<KeyStore, 'roleOf'>> {
  return seededKeyStore(await readSeed(environment))
}

/** Beside the model, in the one bucket whose objects no lifecycle removes. */
export function openErasures({ access, entropy, value }: Environment): ErasureList {
  const bucket = value('HEMLINE_MODEL_BUCKET')
  return createErasureList(openS3Published({ access, entropy, bucket, prefix: 'erasures/' }))
}
