import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { contract } from '#shared/contract/index.ts'
import type { CallImportStep } from '#shared/contract/call-imports.ts'
import { createIngest } from '../../../src/main/ingest/index.ts'
import { summarise } from '../../../src/main/monitoring/index.ts'
import type { Store } from '../../../src/main/store/store.ts'
import { databaseOf, openStore } from '../../../src/main/store/store.ts'
import type { CallImporter } from '../../../src/main/transfer/index.ts'
import { createCallImporter, exportToFile } from '../../../src/main/transfer/index.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { makeCall, randomCalls } from '../store/make-call.ts'
import { makeFeedback } from '../store/make-feedback.ts'

const START = Date.UTC(2024, 10, 24, 8)
const HOUR = 3_600_000

/** A store, and what imports into it. */
async function storeToImportInto(dataDir = temporaryFolder()) {
  const store = await openStore({ dataDir })
  onTestFinished(() => store.close())
  return {
    dataDir,
    store,
    importer: createCallImporter(
      createIngest(store),
      async (given) => void (await store.insertFeedback(given)),
    ),
  }
}

async function importWith(importer: CallImporter, path: string): Promise<CallImportStep[]> {
  const chosen = await importer.look(path)
  if (chosen.outcome !== 'chosen') throw new Error(chosen.outcome)
  const steps: CallImportStep[] = []
  for await (const step of importer.run({ fileId: chosen.fileId, app: 'imported' })) steps.push(step)
  return steps
}

const callsIn = async (store: Store) => (await store.ask('storeSize', null)).calls
const linesOf = (file: string) => readFileSync(file, 'utf8').trimEnd().split('\n')
const line = (requestId: string) => JSON.stringify({ requestId, app: 'a', startedAt: START, durationMs: 5 })

test('what was exported comes back as it was: calls, costs and statistics', async () => {
  const dataDir = temporaryFolder()
  const store = await openStore({ dataDir })
  const calls = randomCalls({ count: 400, seed: 11, from: START, spanMs: 72 * HOUR }).map((call, index) => ({
    ...call,
    arrivedAt: call.startedAt + 1_000,
    usageSource:
      call.totalTokens === null && call.inputTokens === null && call.outputTokens === null
        ? null
        : ('reported' as const),
    costSource: call.costNanos === null ? null : ('computed' as const),
    costConfigId: call.costNanos === null ? null : `price-${index % 3}`,
    source: (['native', 'otlp', 'proxy'] as const)[index % 3] ?? 'native',
    name: index % 2 === 0 ? 'span' : null,
    traceId: index % 4 === 0 ? 'ab'.repeat(16) : null,
    tags: index % 5 === 0 ? ['a', '乙'] : [],
    attributes: index % 5 === 0 ? '{"k":[1,{"b":null}]}' : null,
    prompt:
      index % 3 === 0
        ? {
            format: 'json' as const,
            text: index % 2 === 0 ? '"a text"' : '[{"role":"user","content":"问"}]',
          }
        : null,
    response:
      index % 7 === 0
        ? { format: 'text' as const, text: '{"looks":"like JSON"}', originalLength: 5_000_000 }
        : null,
    flags: index % 7 === 0 ? ['text-truncated' as const] : [],
  }))
  await store.insertCalls(calls)
  await store.close()
  const file = join(dataDir, 'calls.jsonl')
  const exporting = exportToFile(databaseOf({ dataDir }), { format: 'jsonl', withBodies: true }, file)
  for await (const step of exporting) expect(step.type).not.toBe('failed')

  const { store: other, importer, dataDir: otherDir } = await storeToImportInto()
  const steps = await importWith(importer, file)
  expect(steps.at(-1)).toEqual({
    type: 'done',
    report: { imported: 400, steps: 0, duplicates: 0, forgotten: 0, rejected: 0, problems: [] },
  })
  const again = join(dataDir, 'again.jsonl')
  const database = databaseOf({ dataDir: otherDir })
  for await (const step of exportToFile(database, { format: 'jsonl', withBodies: true }, again))
    expect(step.type).not.toBe('failed')
  expect(linesOf(again).sort()).toEqual(linesOf(file).sort())
  const { store: original } = await storeToImportInto(dataDir)
  const range = { from: START, to: START + 72 * HOUR }
  expect(await summarise(other, range)).toEqual(await summarise(original, range))
})

test('importing twice stores nothing twice, and gzip is taken as it is', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'calls.jsonl.gz')
  writeFileSync(file, gzipSync(Array.from({ length: 1_200 }, (_, index) => line(`r-${index}`)).join('\n')))
  const { store, importer } = await storeToImportInto()
  expect((await importWith(importer, file)).at(-1)).toMatchObject({
    type: 'done',
    report: { imported: 1_200, duplicates: 0 },
  })
  expect((await importWith(importer, file)).at(-1)).toMatchObject({
    type: 'done',
    report: { imported: 0, duplicates: 1_200 },
  })
  expect(await callsIn(store)).toBe(1_200)
})

test('lines that are broken are told by their number, and all others are imported', async () => {
  const file = join(temporaryFolder(), 'calls.jsonl')
  const lines = Array.from({ length: 1_000 }, (_, index) => line(`r-${index}`))
  lines[499] = '{"requestId":"half'
  lines[600] = '{"app":"a","durationMs":-1}'
  for (let index = 700; index < 850; index += 1) lines[index] = '[1]'
  writeFileSync(file, lines.join('\n'))
  const { importer } = await storeToImportInto()
  const steps = await importWith(importer, file)
  const done = steps.at(-1)
  expect(done).toMatchObject({ type: 'done', report: { imported: 848, rejected: 152 } })
  expect(done?.type === 'done' && done.report.problems).toHaveLength(100)
  expect(done?.type === 'done' && done.report.problems.slice(0, 3)).toEqual([
    { line: 500, reason: 'is not valid JSON' },
    { line: 601, reason: 'durationMs must be a number >= 0' },
    { line: 701, reason: 'is not a call' },
  ])
  const shares = steps.flatMap((step) => (step.type === 'progress' ? [step.share] : []))
  expect(shares.at(-1)).toBe(1)
})

test('what is looked at first is shown, with its kind, before anything is stored', async () => {
  const file = join(temporaryFolder(), 'export.json')
  writeFileSync(
    file,
    JSON.stringify([
      {
        id: 'o',
        traceId: 't',
        type: 'GENERATION',
        startTime: '2024-11-24T08:00:00Z',
        model: 'gpt-4o',
        usageDetails: { input: 2, output: 1, total: 3 },
      },
    ]),
  )
  const { store, importer } = await storeToImportInto()
  const chosen = await importer.look(file)
  expect(chosen).toMatchObject({
    outcome: 'chosen',
    fileName: 'export.json',
    format: 'langfuse',
    calls: [
      { requestId: 't-o', app: '', model: 'gpt-4o', operation: 'chat', startedAt: START, totalTokens: 3 },
    ],
    problems: [],
  })
  expect(await callsIn(store)).toBe(0)
})

test('an import that is ended keeps what it has stored, and goes on behind it when it is repeated', async () => {
  const file = join(temporaryFolder(), 'calls.jsonl')
  writeFileSync(file, Array.from({ length: 5_000 }, (_, index) => line(`r-${index}`)).join('\n'))
  const { store, importer } = await storeToImportInto()
  const chosen = await importer.look(file)
  if (chosen.outcome !== 'chosen') throw new Error(chosen.outcome)
  const abort = new AbortController()
  const run = importer.run({ fileId: chosen.fileId, app: 'x' }, abort.signal)
  const first = await run.next()
  expect(first.value).toMatchObject({ type: 'progress', report: { imported: 500 } })
  abort.abort()
  await expect(run.next()).rejects.toThrow()
  const done = (await importWith(importer, file)).at(-1)
  if (done?.type !== 'done') throw new Error(done?.type)
  expect(done.report.duplicates).toBeGreaterThanOrEqual(500)
  expect(done.report.imported + done.report.duplicates).toBe(5_000)
  expect(await callsIn(store)).toBe(5_000)
})

test('files that are not there, are damaged, or were never chosen are told apart', async () => {
  const folder = temporaryFolder()
  const { importer } = await storeToImportInto()
  expect(await importer.look(join(folder, 'missing.jsonl'))).toEqual({ outcome: 'unreadable' })
  for await (const step of importer.run({ fileId: '/etc/passwd', app: 'x' }))
    expect(step).toMatchObject({ type: 'failed', reason: 'gone' })

  const path = join(folder, 'damaged.jsonl.gz')
  const whole = gzipSync(Array.from({ length: 20_000 }, (_, index) => line(`${Math.sin(index)}`)).join('\n'))
  writeFileSync(path, whole.subarray(0, whole.length / 2))
  const steps = await importWith(importer, path)
  expect(steps.at(-1)).toMatchObject({ type: 'failed', reason: 'damaged' })
  const last = steps.at(-1)
  expect(last?.type === 'failed' && last.report.imported).toBeGreaterThan(1_000)
})

test('no script can name a file', () => {
  for (const procedure of Object.values(contract.callImports))
    expect(procedure['~orpc'].route.path).toBeUndefined()
})

test('a call that is exported without its bodies keeps its cost', async () => {
  const dataDir = temporaryFolder()
  const store = await openStore({ dataDir })
  await store.insertCalls([
    makeCall({
      requestId: 'r',
      costNanos: 77,
      costSource: 'reported',
      reportedCost: { amount: 7.7e-8, currency: 'USD' },
    }),
  ])
  await store.close()
  const file = join(dataDir, 'calls.jsonl')
  const exporting = exportToFile(databaseOf({ dataDir }), { format: 'jsonl', withBodies: false }, file)
  for await (const step of exporting) expect(step.type).not.toBe('failed')
  const { store: other, importer } = await storeToImportInto()
  await importWith(importer, file)
  expect(await other.ask('getCall', { requestId: 'r' })).toMatchObject({
    costNanos: 77,
    costSource: 'reported',
  })
})

test('what was said of calls comes back with them, once, and what became of it here stays', async () => {
  const { dataDir, store } = await storeToImportInto()
  await store.insertCalls([
    makeCall({ requestId: 'judged', startedAt: START, arrivedAt: START + 1_000 }),
    makeCall({ startedAt: START }),
  ])
  await store.insertFeedback([
    makeFeedback({ id: 'f1', requestId: 'judged', rating: 2, comment: '慢 <b>', tags: ['a'], userId: 'ann' }),
    makeFeedback({ id: 'f2', requestId: 'judged', rating: 5, isOwn: true }),
  ])
  await store.triageFeedback({
    ids: ['f1'],
    state: 'resolved',
    note: 'told',
    assignee: 'li',
    changedAt: START,
  })
  const file = join(dataDir, 'calls.jsonl')
  for await (const _step of exportToFile(
    databaseOf({ dataDir }),
    { format: 'jsonl', withBodies: true },
    file,
  ));
  const other = await storeToImportInto()
  const said = async (of: Store) => (await of.ask('listFeedback', { requestId: 'judged', limit: 9 })).items
  const before = (await said(store)).map(({ logId: _log, ...rest }) => rest)
  await importWith(other.importer, file)
  expect((await said(other.store)).map(({ logId: _log, ...rest }) => rest)).toEqual(before)
  await other.store.triageFeedback({ ids: ['f2'], note: 'here', changedAt: START })
  await importWith(other.importer, file)
  expect((await said(other.store)).map(({ note }) => note).sort()).toEqual(['here', 'told'])
})

test('runs of LangSmith are read from a table, whatever its cells hold; a broken row spoils no other', async () => {
  const { dataDir, store, importer } = await storeToImportInto()
  const file = join(dataDir, 'runs.csv')
  const inputs = JSON.stringify({ messages: [{ role: 'user', content: '多少钱,\n"now"' }] })
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
  const row = (id: string, ...cells: string[]) => [id, ...cells].join(',')
  writeFileSync(
    file,
    [
      '\ufeffid,Run Type,name,start_time,latency,inputs,total_tokens,error,__proto__',
      row(
        '0198b4ab-43f6-4fee-9923-04f198d80001',
        'llm',
        'ask',
        '2024-11-24 08:00:00.5',
        '1.25',
        quoted(inputs),
        '14',
        '',
        'x',
      ),
      ',llm,"broken" quotes,2024-11-24 08:00:00,,,,',
      row(
        '0198b4ab-43f6-4fee-9923-04f198d80002',
        'llm',
        'ask',
        '2024-11-24T08:00:01Z',
        '2',
        '',
        '',
        'ValueError(x)',
      ),
    ].join('\r\n'),
  )
  const chosen = await importer.look(file)
  expect(chosen).toMatchObject({ outcome: 'chosen', format: 'langsmith' })
  expect((await importWith(importer, file)).at(-1)).toMatchObject({
    type: 'done',
    report: { imported: 2, rejected: 1, problems: [{ line: 3 }] },
  })
  const { items } = await store.ask('listCalls', { limit: 9 })
  expect(items).toMatchObject([
    { status: 'error', errorType: 'ValueError', durationMs: 2_000 },
    { app: 'imported', totalTokens: 14, durationMs: 1_250, startedAt: START + 500 },
  ])
  const { requestId = '' } = items[1] ?? {}
  expect(JSON.stringify(await store.ask('getCall', { requestId }))).toContain('多少钱,')
})

test('what was forgotten does not come back with a file, nor what was said by and of forgotten users', async () => {
  const { dataDir, store } = await storeToImportInto()
  const secret = 'quokkablossom'
  const about = { app: 'a', startedAt: START }
  await store.insertCalls([
    makeCall({ ...about, requestId: 'own', userId: 'gone-4711', prompt: { format: 'text', text: secret } }),
    makeCall({ ...about, requestId: 'one', userId: 'other', prompt: { format: 'text', text: secret } }),
    makeCall({ ...about, requestId: 'stays', userId: 'other' }),
    makeCall({ ...about, requestId: 'later', userId: 'gone-4711', startedAt: START + 10 * HOUR }),
  ])
  await store.insertFeedback([
    makeFeedback({ requestId: 'own', userId: 'other', comment: secret, createdAt: START }),
    makeFeedback({ requestId: 'stays', userId: 'gone-4711', comment: secret, createdAt: START }),
    makeFeedback({ requestId: 'stays', userId: 'other', comment: 'a comment', createdAt: START }),
  ])
  const file = join(temporaryFolder(), 'calls.jsonl')
  const exporting = exportToFile(databaseOf({ dataDir }), { format: 'jsonl', withBodies: true }, file)
  for await (const step of exporting) expect(step.type).not.toBe('failed')
  expect(readFileSync(file, 'utf8')).toContain(secret)

  const { dataDir: otherDir, store: other } = await storeToImportInto()
  const importer = createCallImporter(
    createIngest(other),
    async (given) => void (await other.insertFeedback(given)),
    ({ requestId, userId, startedAt }) =>
      requestId === 'one' || (userId === 'gone-4711' && startedAt <= START + HOUR),
  )
  expect((await importWith(importer, file)).at(-1)).toMatchObject({
    type: 'done',
    report: { imported: 2, duplicates: 0, forgotten: 2, rejected: 0 },
  })
  const { items } = await other.ask('listFeedback', { limit: 10 })
  expect(items).toMatchObject([{ requestId: 'stays', comment: 'a comment' }])
  for (const name of ['llmops.sqlite', 'llmops.sqlite-wal'])
    expect(readFileSync(join(otherDir, name)).includes(secret)).toBe(false)
})
