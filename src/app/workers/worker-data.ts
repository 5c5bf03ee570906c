/**
 * workers/worker-data: what the main thread gives a worker when it starts.
 *
 * In: settings and shared memory.
 * Out: plain values only, since they are copied.
 * Invariant: no secrets beyond what the worker needs.
 */
import type { DataPaths } from '../data-folder.ts'

export interface RecommendWorkerData {
  readonly paths: DataPaths
  readonly doorbell: SharedArrayBuffer
  readonly servingFacts: SharedArrayBuffer
  /** One Int32: how many streams of slates are open. */
  readonly watchers: SharedArrayBuffer
}

export interface LakeWorkerData {
  readonly paths: DataPaths
  readonly doorbell: SharedArrayBuffer
  readonly timeZone: string
  /** What DuckDB may use. */
  readonly lakeMegabytes: number
  /** Key of the e-mail hash, hex. */
  readonly hashKey: string
}
