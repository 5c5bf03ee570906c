/**
 * aws/stream/shard-list: the shards of a stream and what they came from.
 *
 * In: a stream's name.
 * Out: each shard with the parents that are still kept.
 * Invariant: a parent is no parent any more once its last record has grown too old.
 */
import { ListShardsCommand } from '@aws-sdk/client-kinesis'
import { retry } from '../../../std/retry.ts'
import { backoffOf } from '../access.ts'
import { isPassing } from '../faults.ts'
import type { KinesisSource } from './shard-cursor.ts'

const MAX_PAGES = 100

export interface ListedShard {
  readonly shard: string
  readonly parents: readonly string[]
}

export async function listShards({ client, access, stream }: KinesisSource): Promise<readonly ListedShard[]> {
  const found: { shard: string; named: readonly (string | undefined)[] }[] = []
  let token: string | undefined
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const command = new ListShardsCommand(token === undefined ? { StreamName: stream } : { NextToken: token })
    const answer = await retry(() => client.send(command), { ...backoffOf(access), isPassing })
    for (const { ShardId = '', ParentShardId, AdjacentParentShardId } of answer.Shards ?? []) {
      found.push({ shard: ShardId, named: [ParentShardId, AdjacentParentShardId] })
    }
    token = answer.NextToken
    if (token === undefined) break
  }
  const kept = new Set(found.map(({ shard }) => shard))
  return found.map(({ shard, named }) => ({
    shard,
    parents: named.filter((parent) => parent !== undefined).filter((parent) => kept.has(parent)),
  }))
}
