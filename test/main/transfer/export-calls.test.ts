import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import type { CallExportRequest, CallExportStep } from '#shared/contract/call-exports.ts'
import type { NewCall } from '../../../src/main/store/call.ts'
import { databaseOf, openStore } from '../../../src/main/store/store.ts'
import { exportStream, exportToFile } from '../../../src/main/transfer/index.ts'
import { openFilesIn } from '../../open-files.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { consoleForTest } from '../../start-console.ts'
import { makeCall, randomCalls } from '../store/make-call.ts'

const START = Date.UTC(2024, 10, 24, 8)
const HOUR = 3_600_000

async function filled(calls: NewCall[]) {
  const dataDir = temporaryFolder()
  const store = await openStore({ dataDir })
  for (let start = 0; start < calls.length; start += 5_000)
    await store.insertCalls(calls.slice(start, start + 5_000))
  await store.close()
  const folder = join(dataDir, 'out')
  mkdirSync(folder)
  return { database: databaseOf({ dataDir }), folder }
}

async function stepsOf(steps: AsyncIterable<CallExportStep>): Promise<CallExportStep[]> {
  const all: CallExportStep[] = []
  for await (const step of steps) all.push(step)
  return all
}

const request = (
  format: CallExportRequest['format'],
  rest: Partial<CallExportRequest> = {},
): CallExportRequest => ({ format, withBodies: true, ...rest })

const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

const HOSTILE = ['=cmd', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '  =1', 'a\n=1']

test('a line of JSON has all that is known of a call, and nothing that is not', async () => {
  const { database, folder } = await filled([
    makeCall({
      requestId: 'whole',
      userId: '用户',
      startedAt: START,
      durationUs: 1_234_567,
      totalTokens: 12,
      usageSource: 'reported',
      costNanos: 5,
      costSource: 'reported',
      reportedCost: { amount: 5e-9, currency: 'USD' },
      tags: ['a'],
      attributes: '{"k":[1]}',
      prompt: { format: 'json', text: '[{"role":"user"}]' },
      response: { format: 'text', text: '{"not":"json"}', originalLength: 2_000_000 },
      flags: ['text-truncated'],
    }),
  ])
  const file = join(folder, 'calls.jsonl')
  const steps = await stepsOf(exportToFile(database, request('jsonl'), file))
  expect(steps.at(-1)).toMatchObject({ type: 'saved', fileName: 'calls.jsonl', calls: 1 })
  expect(linesOf(file)).toEqual([
    {
      requestId: 'whole',
      source: 'native',
      app: 'checkout-bot',
      userId: '用户',
      status: 'ok',
      startedAt: '2024-11-24T08:00:00.000Z',
      durationMs: 1_234.567,
      totalTokens: 12,
      usageSource: 'reported',
      costNanos: 5,
      costSource: 'reported',
      cost: { amount: 5e-9, currency: 'USD' },
      arrivedAt: '2023-11-14T22:13:20.000Z',
      flags: ['text-truncated'],
      tags: ['a'],
      attributes: { k: [1] },
      prompt: [{ role: 'user' }],
      response: '{"not":"json"}',
      responseLength: 2_000_000,
    },
  ])
})

test('without bodies a file has none, in any format', async () => {
  const { database, folder } = await filled([
    makeCall({
      prompt: { format: 'text', text: 'SECRET' },
      errorMessage: 'SECRET',
      attributes: '{"a":"SECRET"}',
    }),
  ])
  for (const format of ['csv', 'jsonl', 'parquet'] as const) {
    const file = join(folder, `calls.${format}`)
    await stepsOf(exportToFile(database, request(format, { withBodies: false }), file))
    expect(readFileSync(file).includes('checkout-bot')).toBe(true)
    expect(readFileSync(file).includes('SECRET')).toBe(false)
  }
})

test('no text of a CSV is taken for a formula, and a reader of CSV gets each back', async () => {
  const calls = HOSTILE.map((text, index) =>
    makeCall({
      requestId: `r-${index}`,
      app: text,
      prompt: { format: 'text', text },
      startedAt: START + index,
    }),
  )
  const { database, folder } = await filled(calls)
  const file = join(folder, 'calls.csv')
  await stepsOf(exportToFile(database, request('csv'), file))
  const rows: Record<string, string>[] = parse(readFileSync(file), { bom: true, columns: true })
  expect(rows).toHaveLength(HOSTILE.length)
  for (const { app = '', prompt = '' } of rows) {
    for (const cell of [app, prompt]) {
      expect(cell).not.toMatch(/(^|[\n\r\t;])\s*[=+\-@]/)
      expect(HOSTILE).toContain(cell.replaceAll("'", ''))
    }
  }
})

test('DuckDB reads a Parquet file of several groups as SQLite has the calls', async () => {
  const calls = randomCalls({ count: 3_000, seed: 7, from: START, spanMs: 100 * HOUR }).map(
    (call, index) => ({
      ...call,
      // Long enough that the calls do not fit into one group.
      prompt: { format: 'text' as const, text: `第${index}个` + 'x'.repeat(20_000) },
    }),
  )
  const { database, folder } = await filled(calls)
  const file = join(folder, 'calls.parquet')
  const steps = await stepsOf(exportToFile(database, request('parquet'), file))
  expect(steps.at(-1)).toMatchObject({ type: 'saved', calls: 3_000 })
  const db = await (await DuckDBInstance.create(':memory:')).connect()
  const read = async (sql: string) => (await db.runAndReadAll(sql)).getRowObjectsJS()
  expect(
    await read(
      `select count(*) > 1 as several from (select distinct row_group_id from parquet_metadata('${file}'))`,
    ),
  ).toEqual([{ several: true }])
  const sum = (of: (call: NewCall) => number | null) =>
    calls.reduce((total, call) => total + (of(call) ?? 0), 0)
  expect(
    await read(`select count(*)::int as calls, sum("inputTokens")::double as tokens, sum("durationMs")::double as ms,
      min("startedAt") as first, count("userId")::int as users from '${file}'`),
  ).toEqual([
    {
      calls: 3_000,
      tokens: sum((call) => call.inputTokens),
      ms: expect.closeTo(sum((call) => call.durationUs) / 1_000, 0) as number,
      first: expect.any(Object) as object,
      users: calls.filter((call) => call.userId !== null).length,
    },
  ])
  const [{ prompt, startedAt } = {}] = await read(
    `select prompt, epoch_ms("startedAt")::double as "startedAt" from '${file}' where "requestId" = '${calls[17]?.requestId}'`,
  )
  expect({ prompt, startedAt }).toEqual({ prompt: calls[17]?.prompt?.text, startedAt: calls[17]?.startedAt })
})

test('only what the filter says is in it, and how far it is is told', async () => {
  const calls = randomCalls({ count: 5_000, seed: 3, from: START, spanMs: 48 * HOUR })
  const { database, folder } = await filled(calls)
  const file = join(folder, 'calls.jsonl')
  const from = START + 10 * HOUR
  await stepsOf(exportToFile(database, request('jsonl', { app: '客服', status: 'error', from }), file))
  const wanted = calls.filter(
    (call) => call.app === '客服' && call.status === 'error' && call.startedAt >= from,
  )
  expect(
    linesOf(file)
      .map(({ requestId }) => requestId)
      .sort(),
  ).toEqual(wanted.map(({ requestId }) => requestId).sort())
  const times = linesOf(file).map(({ startedAt }) => String(startedAt))
  expect(times).toEqual(times.toSorted().reverse())

  const all = await stepsOf(exportToFile(database, request('jsonl'), file))
  const shares = all.flatMap((step) => (step.type === 'progress' ? [step.share] : []))
  expect(shares).toEqual(shares.toSorted((a, b) => a - b))
  for (const share of shares) expect(share).toBeLessThanOrEqual(1)
})

test('an export that is cancelled leaves nothing behind, and what was there before stays', async () => {
  const calls = randomCalls({ count: 5_000, seed: 4, from: START, spanMs: HOUR })
  const { database, folder } = await filled(calls)
  const file = join(folder, 'calls.csv')
  writeFileSync(file, 'before')
  const abort = new AbortController()
  const steps = exportToFile(database, request('csv'), file, abort.signal)
  const first = await steps.next()
  expect(first.value).toMatchObject({ type: 'progress' })
  abort.abort()
  await expect(steps.next()).rejects.toThrow(/abort/i)
  expect(readdirSync(folder)).toEqual(['calls.csv'])
  expect(readFileSync(file, 'utf8')).toBe('before')

  // As a page cancels: no further step is taken.
  const left = exportToFile(database, request('csv'), file)
  await left.next()
  expect(openFilesIn(dirname(folder))).not.toEqual([])
  await left.return(undefined)
  expect(readdirSync(folder)).toEqual(['calls.csv'])
  expect(openFilesIn(dirname(folder))).toEqual([])
})

test('a folder that cannot be written to is told of, and nothing is left behind', async () => {
  const { database, folder } = await filled([makeCall()])
  const steps = await stepsOf(exportToFile(database, request('csv'), join(folder, 'missing', 'calls.csv')))
  expect(steps).toEqual([{ type: 'failed', reason: 'other' }])
  expect(readdirSync(folder)).toEqual([])
})

test('a stream ends its thread when its reader goes', async () => {
  const calls = randomCalls({ count: 20_000, seed: 5, from: START, spanMs: HOUR })
  const { database } = await filled(calls)
  const reader = exportStream(database, request('jsonl')).getReader()
  expect((await reader.read()).done).toBe(false)
  await reader.cancel()
  expect((await reader.read()).done).toBe(true)
})

test('a script gets the file over HTTP, with the token only', async () => {
  const { post, get, send } = await consoleForTest()
  await post([
    { requestId: 'r-1', app: 'a', prompt: 'hello', startedAt: START },
    { requestId: 'r-2', app: 'b', startedAt: START + 1 },
  ])
  const answer = await get('/v1/app-logs/export?format=jsonl&withBodies=true&app=a')
  expect(answer.status).toBe(200)
  expect(answer.headers['content-type']).toBe('application/x-ndjson')
  expect(answer.headers['content-disposition']).toMatch(/^attachment; filename="calls-.*\.jsonl"$/)
  expect(JSON.parse(String(answer.body))).toMatchObject({ requestId: 'r-1', prompt: 'hello' })

  const csv = await get('/v1/app-logs/export?format=csv')
  expect(String(csv.body).split('\r\n')).toHaveLength(4)
  expect((await get('/v1/app-logs/export?format=xls')).status).toBe(400)
  expect((await send({ path: '/v1/app-logs/export?format=csv' })).status).toBe(401)
  const document = await get('/openapi.json')
  expect(document.body).toMatchObject({
    paths: { '/v1/app-logs/export': { get: expect.any(Object) as object } },
  })
})

test('a dialog that is cancelled, or no window at all, writes nothing', async () => {
  const folder = temporaryFolder()
  const { createRouterClient } = await import('@orpc/server')
  const { console: opened } = await consoleForTest({
    dialogs: {
      saveFile: async () => undefined,
      openFile: async () => undefined,
      chooseFolder: async () => undefined,
      openedFile: () => undefined,
      droppedFile: async () => undefined,
    },
  })
  const steps = await createRouterClient(opened.router).callExports.save({ format: 'csv' })
  expect(await stepsOf(steps)).toEqual([{ type: 'cancelled' }])
  expect(existsSync(join(folder, 'calls.csv'))).toBe(false)
})
