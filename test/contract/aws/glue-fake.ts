/**
 * test/contract/aws/glue-fake: the part of the Glue Data Catalog that Hemline uses, with its optimistic lock.
 *
 * In: requests of the SDK.
 * Out: answers as Glue gives them.
 * Invariant: an update names the version it was made from; where another came first it is refused, and versions count
 *   up from "0".
 * @source AWS Glue API reference, "UpdateTable"
 */
import type { Database, Table } from '@aws-sdk/client-glue'
import { jsonAnswer, jsonRefusal, startFake, type FakeAnswer, type FakeServer } from './fake-server.ts'

export interface GlueFake extends FakeServer {
  readonly databases: Map<string, Map<string, Table>>
  /** Refusals of the lock so far. */
  conflicts: number
}

interface GlueCall {
  readonly DatabaseName: string
  readonly Name: string
  readonly NextToken?: string
  readonly VersionId?: string
  readonly SkipArchive?: boolean
  readonly TableInput: Table
  readonly DatabaseInput: Database
}

/** Small, so that tests page. */
const PAGE_TABLES = 2

export async function startGlueFake(): Promise<GlueFake> {
  const databases: GlueFake['databases'] = new Map()
  const fake = await startFake((request) => {
    const action = request.headers['x-amz-target']?.split('.').at(-1) ?? ''
    return answer(action, JSON.parse(request.body.toString()) as GlueCall)
  })
  const started: GlueFake = Object.assign(fake, { databases, conflicts: 0 })

  function answer(action: string, call: GlueCall): FakeAnswer {
    if (action === 'GetDatabases')
      return page(
        'DatabaseList',
        [...databases.keys()].map((Name) => ({ Name })),
        call,
      )
    if (action === 'CreateDatabase') {
      const name = call.DatabaseInput.Name ?? ''
      if (databases.has(name)) return jsonRefusal('AlreadyExistsException')
      databases.set(name, new Map())
      return jsonAnswer({})
    }
    if (action === 'DeleteDatabase') return databases.delete(call.Name) ? jsonAnswer({}) : missing()
    const tables = databases.get(call.DatabaseName)
    if (tables === undefined) return missing()
    if (action === 'GetTables') return page('TableList', [...tables.values()], call)
    if (action === 'CreateTable') {
      const name = call.TableInput.Name ?? ''
      if (tables.has(name)) return jsonRefusal('AlreadyExistsException')
      tables.set(name, { ...call.TableInput, DatabaseName: call.DatabaseName, VersionId: '0' })
      return jsonAnswer({})
    }
    if (action === 'UpdateTable') return update(tables, call)
    if (action === 'GetTable') {
      const table = tables.get(call.Name)
      return table === undefined ? missing() : jsonAnswer({ Table: table })
    }
    if (action === 'DeleteTable') return tables.delete(call.Name) ? jsonAnswer({}) : missing()
    return jsonRefusal('InvalidInputException', `no ${action} here`)
  }

  function update(tables: Map<string, Table>, { TableInput, VersionId, SkipArchive }: GlueCall): FakeAnswer {
    const table = tables.get(TableInput.Name ?? '')
    if (table === undefined) return missing()
    if (VersionId === undefined) return jsonRefusal('InvalidInputException', 'an update without a lock')
    if (SkipArchive !== true)
      return jsonRefusal('InvalidInputException', 'every commit would leave an archived version')
    if (table.VersionId !== VersionId) {
      started.conflicts++
      return jsonRefusal('ConcurrentModificationException')
    }
    const next = { ...TableInput, DatabaseName: table.DatabaseName, VersionId: String(Number(VersionId) + 1) }
    tables.set(TableInput.Name ?? '', next)
    return jsonAnswer({})
  }
  return started
}

function page(key: string, all: readonly object[], { NextToken = '0' }: GlueCall): FakeAnswer {
  const end = Number(NextToken) + PAGE_TABLES
  const next = end < all.length ? { NextToken: String(end) } : {}
  return jsonAnswer({ [key]: all.slice(Number(NextToken), end), ...next })
}

function missing(): FakeAnswer {
  return jsonRefusal('EntityNotFoundException')
}
