import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createNightAlert } from '../../src/app/alert.ts'
import { createLog } from '../../src/app/log.ts'
import { manualClock } from '../../src/std/clock.ts'

let server: Server
let url: string
const taken: { readonly event: string; readonly text: string; readonly failures: number }[] = []
let refusals = 0

beforeEach(async () => {
  taken.length = 0
  refusals = 0
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      if (refusals-- > 0) return response.writeHead(503).end()
      taken.push(JSON.parse(body))
      response.end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterEach(() => void server.close())

const alertTo = (to: string | null) =>
  createNightAlert({ url: to, clock: manualClock(0), log: createLog('silent'), retryMs: 1 })

test('tells of the third failure in a row, once, and of the recovery', async () => {
  const alert = alertTo(url)
  for (let n = 0; n < 5; n++) alert.failed(new Error('no database'))
  await vi.waitFor(() => expect(taken).toHaveLength(1))
  alert.succeeded()
  await vi.waitFor(() => expect(taken).toHaveLength(2))
  expect(taken.map(({ event, text }) => [event, text])).toEqual([
    ['night_failed', 'The night failed 3 times in a row: no database'],
    ['night_recovered', 'The night came to its end again.'],
  ])
})

test('says nothing of failures that passed by themselves', async () => {
  const alert = alertTo(url)
  for (let n = 0; n < 2; n++) alert.failed(new Error('restarting'))
  alert.succeeded()
  for (let n = 0; n < 3; n++) alert.failed(new Error('down'))
  await vi.waitFor(() => expect(taken).toHaveLength(1))
  expect(taken[0]?.text).toContain('down')
})

test('tries again when the webhook refuses', async () => {
  refusals = 2
  const alert = alertTo(url)
  for (let n = 0; n < 3; n++) alert.failed(new Error('down'))
  await vi.waitFor(() => expect(taken).toHaveLength(1))
})
