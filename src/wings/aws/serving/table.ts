/**
 * aws/serving/table: the calls that the serving table is asked with.
 *
 * In: keys and attributes.
 * Out: items; whether a conditional change took place.
 * Guarantee: what DynamoDB leaves undone of a call is asked again, a few times; then the call fails as a whole.
 * Invariant: reads are consistent, so that a page that follows a write sees it.
 */
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DynamoDBClient,
  UpdateItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb'
import { backOff } from '../../../std/retry.ts'
import { backoffOf, clientSettings, type AwsAccess } from '../access.ts'
import { repeated, serviceFault } from '../calls.ts'
import { isNamed } from '../faults.ts'
import { KEY, SEQUENCE, type Item } from './visitor-item.ts'

const MAX_READ_KEYS = 100
const MAX_WRITES = 25
/** More accounts than one browser has, and few enough for an item. */
const MAX_SET_TEXTS = 40
/** A learner's first run lays out thousands of lists. */
const WRITES_AT_ONCE = 8
/** Within some six seconds: a table that grows with its load throttles meanwhile. */
const TRIES = 12

export interface ServingTable {
  /** Items that are there, by key; any number of keys. @throws HEM_AWS_UNAVAILABLE, HEM_AWS_REFUSED */
  read(keys: readonly string[]): Promise<ReadonlyMap<string, Item>>
  /** Sets attributes where the item's sequence number is lower than theirs. @returns false where it is not */
  setNewer(key: string, attributes: Item): Promise<boolean>
  /** Adds a text to a set of the item, which is made where it is not there; a set that is full stays as it is. */
  addTo(key: string, set: string, text: string): Promise<void>
  put(items: readonly Item[]): Promise<void>
  remove(keys: readonly string[]): Promise<void>
  close(): void
}

export function openTable(access: AwsAccess, table: string): ServingTable {
  const client = new DynamoDBClient(clientSettings(access))
  const subject = `DynamoDB table ${table}`

  const asked = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await call()
    } catch (fault) {
      throw serviceFault(subject, fault)
    }
  }

  const write = (requests: readonly WriteRequest[]) =>
    asked(async () => {
      const put = (chunk: readonly WriteRequest[]) =>
        whole(access, chunk, async (left) => {
          const command = new BatchWriteItemCommand({ RequestItems: { [table]: [...left] } })
          return (await client.send(command)).UnprocessedItems?.[table] ?? []
        })
      for (const chunks of chunksOf([...chunksOf(requests, MAX_WRITES)], WRITES_AT_ONCE)) {
        await Promise.all(chunks.map(put))
      }
    })

  return {
    read: (keys) =>
      asked(async () => {
        const found = new Map<string, Item>()
        for (const chunk of chunksOf([...new Set(keys)], MAX_READ_KEYS)) {
          await whole(
            access,
            chunk.map((key): Item => ({ [KEY]: { S: key } })),
            async (left) => {
              const asking = { [table]: { Keys: [...left], ConsistentRead: true } }
              const answer = await client.send(new BatchGetItemCommand({ RequestItems: asking }))
              for (const item of answer.Responses?.[table] ?? []) found.set(item[KEY]?.S ?? '', item)
              return answer.UnprocessedKeys?.[table]?.Keys ?? []
            },
          )
        }
        return found
      }),
    setNewer: (key, attributes) => asked(() => setNewer({ client, access, table }, key, attributes)),
    addTo: (key, set, text) => asked(() => addTo({ client, access, table }, { key, set, text })),
    put: (items) => write(items.map((Item) => ({ PutRequest: { Item } }))),
    remove: (keys) => write([...new Set(keys)].map((key) => ({ DeleteRequest: { Key: { [KEY]: { S: key } } } }))),
    close: () => client.destroy(),
  }
}

interface Target {
  readonly client: DynamoDBClient
  readonly access: AwsAccess
  readonly table: string
}

async function setNewer({ client, access, table }: Target, key: string, attributes: Item): Promise<boolean> {
  const names = Object.keys(attributes)
  const command = new UpdateItemCommand({
    TableName: table,
    Key: { [KEY]: { S: key } },
    UpdateExpression: `SET ${names.map((_, nth) => `#${nth} = :${nth}`).join(', ')}`,
    ConditionExpression: 'attribute_not_exists(#old) OR #old < :new',
    ExpressionAttributeNames: { '#old': SEQUENCE, ...Object.fromEntries(names.map((name, nth) => [`#${nth}`, name])) },
    ExpressionAttributeValues: {
      ':new': attributes[SEQUENCE],
      ...Object.fromEntries(names.map((name, nth) => [`:${nth}`, attributes[name]])),
    },
  })
  try {
    await repeated(access, () => client.send(command))
    return true
  } catch (fault) {
    // Also after an answer of our own was lost: what rests there is as new, since it is this.
    if (isNamed(fault, 'ConditionalCheckFailedException')) return false
    throw fault
  }
}

async function addTo(
  { client, access, table }: Target,
  { key, set, text }: { readonly key: string; readonly set: string; readonly text: string },
): Promise<void> {
  const command = new UpdateItemCommand({
    TableName: table,
    Key: { [KEY]: { S: key } },
    UpdateExpression: 'ADD #set :text',
    ConditionExpression: 'attribute_not_exists(#set) OR size(#set) < :most',
    ExpressionAttributeNames: { '#set': set },
    ExpressionAttributeValues: { ':text': { SS: [text] }, ':most': { N: String(MAX_SET_TEXTS) } },
  })
  try {
    await repeated(access, () => client.send(command))
  } catch (fault) {
    if (!isNamed(fault, 'ConditionalCheckFailedException')) throw fault
  }
}

/** @param call does some of the work, and gives what it left undone */
async function whole<Work>(
  access: AwsAccess,
  work: readonly Work[],
  call: (work: readonly Work[]) => Promise<readonly Work[]>,
): Promise<void> {
  const backoff = { ...backoffOf(access), attempts: TRIES }
  let left = work
  for (let tries = 1; left.length > 0; tries++) {
    left = await repeated(access, () => call(left))
    if (left.length === 0) return
    if (tries >= backoff.attempts) throw new Error(`${left.length} items were left undone`)
    await backOff(backoff, tries)
  }
}

function* chunksOf<Entry>(entries: readonly Entry[], size: number): Generator<readonly Entry[]> {
  for (let first = 0; first < entries.length; first += size) yield entries.slice(first, first + size)
}
