/**
 * lake-torture, nightly: three writers and a compactor on one table, killed again and again.
 *
 *   node bench/lake-torture.nightly.ts [--seconds 120] [--write]
 *
 * Each process ends by SIGKILL at a random moment and is started again. In the end, every row up to each writer's checkpoint
 * must be there once, the chain of snapshots unbroken, and every file as it was written.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openLake } from '../src/parts/lake/lake.ts'
import { openFolderFileStore } from '../src/wings/embedded/lake/file-store.ts'
import { openFolderCatalogue } from '../src/wings/embedded/lake/table-catalogue.ts'
import { TORTURED } from './lake-torture.ts'
import { machine, report } from './result-line.ts'

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '120' }, write: { type: 'boolean', default: false } },
})
const SINKS = ['w1', 'w2', 'w3']
const ROLES = [...SINKS, 'compactor']
const TABLE = 'clean.tortured'
const KILL_EVERY_MS = 3000

const root = mkdtempSync(join(tmpdir(), 'hemline-torture-'))
const children = new Map<string, ChildProcess>()
let faults = ''

function start(role: string): void {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'lake-torture-child.ts'), root, role], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  child.stderr?.on('data', (bytes: Buffer) => (faults += bytes.toString()))
  children.set(role, child)
}

async function kill(role: string): Promise<void> {
  const child = children.get(role)
  if (child === undefined || child.exitCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

for (const role of ROLES) start(role)
const endMs = performance.now() + Number(values.seconds) * 1000
let kills = 0
while (performance.now() < endMs) {
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 2 * KILL_EVERY_MS))
  const role = ROLES[Math.floor(Math.random() * ROLES.length)] ?? 'compactor'
  await kill(role)
  kills++
  start(role)
}
for (const role of ROLES) await kill(role)

const lake = await openLake({
  files: await openFolderFileStore(root),
  catalogue: openFolderCatalogue(root),
  clock: { nowMs: () => Date.now() },
  entropy: (bytes) => randomBytes(bytes),
  tables: [TORTURED],
  memoryLimit: '256MB',
  threads: 2,
})
const connection = await lake.connect([TABLE])
const asked = await connection.runAndReadAll(
  `SELECT sink, count(*), count(DISTINCT number), max(number) + 1 FROM ${TABLE} GROUP BY sink ORDER BY sink`,
)
const rows = asked.getRows().map((row) => row.map(String))
connection.closeSync()
let lost = 0
let doubled = 0
for (const sink of SINKS) {
  const promised = Number((await lake.checkpoint(TABLE, sink)) ?? 0)
  const [, count = '0', distinct = '0'] = rows.find(([name]) => name === sink) ?? []
  lost += promised - Number(distinct)
  doubled += Number(count) - Number(distinct)
}
const { damages, files } = await lake.verify(TABLE)
const committed = rows.reduce((total, row) => total + Number(row[1]), 0)
lake.close()
rmSync(root, { recursive: true })
report(
  { bench: 'lake.torture', kills, committed, lost, doubled, damages: damages.length, files, ...machine() },
  values.write,
)
if (faults !== '') process.stderr.write(faults)
if (lost + doubled + damages.length > 0 || faults !== '') process.exitCode = 1
