/**
 * test/contract/aws/table-fake: dynalite in this process, behind the fault proxy.
 *
 * In: nothing.
 * Out: an access for the wing's adapters; tables as the deployment makes them.
 * Invariant: it listens on this machine alone.
 */
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import dynalite from 'dynalite'
import { clientSettings, type AwsAccess } from '../../../src/wings/aws/access.ts'
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts'

export interface TableFake {
  readonly access: AwsAccess
  readonly client: DynamoDBClient
  readonly proxy: FaultProxy
  /** A new, empty table. @returns its name */
  table(): Promise<string>
  stop(): Promise<void>
}

export async function startTables(): Promise<TableFake> {
  const server = dynalite({ createTableMs: 0 })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const tables = await tablesAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return {
    ...tables,
    async stop() {
      await tables.stop()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** Tables of a fake that runs elsewhere. */
export async function tablesAt(endpoint: string): Promise<TableFake> {
  const proxy = await startFaultProxy(endpoint, 'http1')
  const access: AwsAccess = {
    region: 'eu-central-1',
    endpoint: proxy.endpoint,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    // No test waits for a pause, and none depends on how busy the machine is.
    random: () => 0,
    answerMs: 60_000,
  }
  const client = new DynamoDBClient(clientSettings(access))
  let tables = 0
  return {
    access,
    client,
    proxy,
    async table() {
      const name = `fashion-rcm-table-${++tables}`
      await client.send(
        new CreateTableCommand({
          TableName: name,
          KeySchema: [{ AttributeName: 'user_id', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'user_id', AttributeType: 'S' }],
          BillingMode: 'PAY_PER_REQUEST',
        }),
      )
      for (let looks = 0; looks < 1000; looks++) {
        const { Table } = await client.send(new DescribeTableCommand({ TableName: name }))
        if (Table?.TableStatus === 'ACTIVE') return name
        await pause(2)
      }
      throw new Error(`table ${name} is not active`)
    },
    async stop() {
      client.destroy()
      await proxy.stop()
    },
  }
}
