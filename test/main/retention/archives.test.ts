import { cpSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { createRouterClient } from '@orpc/server'
import { describe, expect, test } from 'vitest'
import { archiveProcedures } from '../../../src/main/retention-procedures.ts'
import type { Archives } from '../../../src/main/retention/index.ts'
import { readManifest, removeArchive, verifyArchive } from '../../../src/main/retention/archive-reader.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { makeCall } from '../store/make-call.ts'
import { makeFeedback } from '../store/make-feedback.ts'
import { DAY, NOW, openForTest } from './open-for-test.ts'

const STARTED = NOW - 200 * DAY
const text = (content: string) => ({ format: 'text' as const, text: content })

async function restoreAll(archives: Archives, request: Parameters<Archives['restore']>[0]) {
  const steps = archives.restore(request)
  for (;;) {
    const step = await steps.next()
    if (step.done) return step.value
  }
}

/** Calls that were archived: one with all that a call can have. */
async function archived() {
  const test = await openForTest()
  const { store, runOnce } = test
  await store.insertCalls([
    makeCall({
      requestId: 'whole',
      startedAt: STARTED,
      userId: '用户-1',
      sessionId: 's-1',
      model: 'gpt-4o',
      durationUs: 1_234,
      inputTokens: 10,
      outputTokens: 5,
      totalTokens: 15,
      costNanos: 77,
      costSource: 'computed',
      costConfigId: 'own',
      traceId: 't',
      spanId: 's',
      tags: ['a', '标签'],
      flags: ['redacted', 'capture-truncated'],
      attributes: '{"k":1}',
      prompt: { format: 'json', text: '[{"role":"user","content":"退款 100%_"}]', originalLength: 99 },
      response: text('He said "no"\\n<b>'),
    }),
    makeCall({ requestId: 'bare', startedAt: STARTED + 1_000, status: 'error', errorType: 'timeout' }),
    makeCall({ requestId: 'other-day', startedAt: STARTED + DAY, costNanos: 3 }),
  ])
  await store.insertSpanEvents([
    { trace_id: 't', span_id: 's', digest: 'd', time_ns: '1', name: 'gen_ai.choice', attributes: '{}' },
  ])
  await store.insertFeedback([
    {
      id: 'f',
      requestId: 'whole',
      rating: 2,
      comment: '不对',
      type: null,
      tags: [],
      userId: null,
      source: null,
      createdAt: STARTED + 5,
      isOwn: false,
    },
  ])
  const before = { sums: await test.sums(), whole: await store.ask('getCall', { requestId: 'whole' }) }
  await runOnce()
  const names = (await test.keeper.archives.list()).map(({ name }) => name)
  return { ...test, before, names, folder: join(test.dataDir, 'archives') }
}

test('what goes is archived with all that is known of it, in files that any gzip reads', async () => {
  const { names, folder, keeper } = await archived()
  expect(names).toEqual(['2025-12-13.calls.001', '2025-12-12.calls.001'])
  const data = gunzipSync(readFileSync(join(folder, '2025-12-12.calls.001.jsonl.gz'))).toString()
  const [header, whole, bare] = data
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object)
  expect(header).toMatchObject({ format: 'llmops-console-archive', version: 1, day: '2025-12-12' })
  expect(whole).toMatchObject({
    requestId: 'whole',
    costNanos: 77,
    costConfigId: 'own',
    feedback: [{ id: 'f' }],
  })
  expect(bare).toMatchObject({ requestId: 'bare', prompt: null })
  expect(await keeper.archives.verify('2025-12-12.calls.001')).toMatchObject({
    counts: { calls: 2, steps: 0, texts: 1, feedback: 1, events: 1 },
    totals: { totalTokens: 15, costNanos: 77 },
  })
})

test('what comes back is as it was, once, and counts no more than before', async () => {
  const { store, keeper, before, sums, calls, runOnce } = await archived()
  expect(await calls()).toEqual([])
  expect((await store.ask('listFeedback', { requestId: 'whole', limit: 10 })).items).toHaveLength(1)
  const days = { fromDay: '2025-12-12', toDay: '2025-12-12' }
  expect(await restoreAll(keeper.archives, days)).toEqual({ restored: 2, filled: 0, skipped: 0, feedback: 0 })
  expect(await restoreAll(keeper.archives, days)).toMatchObject({ restored: 0, skipped: 2 })
  expect(await calls()).toEqual(['bare', 'whole'])
  expect(await sums()).toEqual(before.sums)
  const { id: _before, ...was } = before.whole ?? { id: 0 }
  const { id: _after, ...is } = (await store.ask('getCall', { requestId: 'whole' })) ?? { id: 0 }
  expect(is).toEqual(was)
  expect(await store.ask('spanEvents', { traceId: 't', spanId: 's' })).toHaveLength(1)
  // It is left alone for a while.
  await runOnce()
  expect(await calls()).toEqual(['bare', 'whole'])
})

test('a restore that a page cancels at one of its steps holds up nothing', async () => {
  const { keeper, names } = await archived()
  const [name = ''] = names
  const client = createRouterClient(
    archiveProcedures(keeper, { openFolder: async () => false, chooseFolder: async () => null }),
  )
  const steps = await client.restoring({ name })
  expect(await steps.next()).toMatchObject({ value: { type: 'progress' } })
  await expect(client.remove({ name })).rejects.toThrow(/archived or restored/)
  await steps.return(undefined)
  const told = []
  for await (const step of await client.restoring({ name })) told.push(step)
  expect(told.at(-1)).toMatchObject({ type: 'result', result: { restored: 1 } })
  await client.remove({ name })
})

test('what is forgotten waits for what is done to archives, and goes then', async () => {
  const { keeper, names, forgotten } = await archived()
  forgotten.add('other-day')
  const [name = ''] = names
  const restoring = keeper.archives.restore({ name })
  await restoring.next()

  const given = new AbortController()
  const ended = keeper.archives.forget(given.signal).next()
  given.abort()
  expect(await ended).toEqual({ done: true, value: 0 })

  const done: string[] = []
  const forgetting = (async () => {
    for await (const _step of keeper.archives.forget());
    done.push('forgotten')
  })()
  done.push('restored')
  await restoring.return({ restored: 0, filled: 0, skipped: 0, feedback: 0 })
  await forgetting
  expect(done).toEqual(['restored', 'forgotten'])
  expect((await keeper.archives.list()).map((archive) => archive.name)).toHaveLength(names.length - 1)
})

test('texts that went alone come back into their calls', async () => {
  const { store, keeper, runOnce } = await openForTest()
  await store.insertCalls([
    makeCall({ requestId: 'a', startedAt: NOW - 40 * DAY, prompt: text('提示'), tags: ['t'] }),
  ])
  await runOnce()
  expect(await store.ask('getCall', { requestId: 'a' })).toMatchObject({ prompt: null, tags: ['t'] })
  const [archive] = await keeper.archives.list()
  expect(archive).toMatchObject({ manifest: { kind: 'bodies', counts: { texts: 1 } }, problem: null })
  expect(await restoreAll(keeper.archives, { name: archive?.name ?? '' })).toMatchObject({ filled: 1 })
  expect(await store.ask('getCall', { requestId: 'a' })).toMatchObject({ prompt: '提示' })
})

test('a text is found literally, page by page', async () => {
  const { keeper } = await archived()
  const find = (q: string, cursor?: string) =>
    keeper.archives.search('2025-12-12.calls.001', { q, limit: 1, cursor })
  expect((await find('退款 100%_')).items).toMatchObject([
    { requestId: 'whole', excerpt: expect.stringContaining('退款') as string },
  ])
  expect((await find('he said "NO"')).items).toMatchObject([{ requestId: 'whole' }])
  expect((await find('costNanos')).items).toEqual([])
  const first = await find('')
  expect(first.items).toMatchObject([{ requestId: 'whole' }])
  expect((await find('', first.nextCursor ?? '')).items).toMatchObject([{ requestId: 'bare' }])
  expect(await keeper.archives.get('2025-12-12.calls.001', 'whole')).toMatchObject({ tags: ['a', '标签'] })
  expect(await keeper.archives.get('2025-12-12.calls.001', 'nobody')).toBeNull()
})

test('what is to stay forgotten is found in no archive, comes back from none, and is taken out of all', async () => {
  const { keeper, calls, folder, forgotten } = await archived()
  forgotten.add('用户-1')
  const name = '2025-12-12.calls.001'
  expect((await keeper.archives.search(name, { limit: 10 })).items).toMatchObject([{ requestId: 'bare' }])
  expect(await keeper.archives.get(name, 'whole')).toBeNull()
  expect(await restoreAll(keeper.archives, { name })).toMatchObject({ restored: 1, skipped: 1 })
  expect(await calls()).toEqual(['bare'])
  const steps = keeper.archives.forget()
  let step = await steps.next()
  while (!step.done) step = await steps.next()
  expect(step.value).toBe(1)
  const anew = '2025-12-12.calls.002'
  expect((await keeper.archives.list()).map((archive) => archive.name)).toEqual([
    '2025-12-13.calls.001',
    anew,
  ])
  expect(await keeper.archives.verify(anew)).toMatchObject({ counts: { calls: 1, feedback: 0 } })
  expect(gunzipSync(readFileSync(join(folder, `${anew}.jsonl.gz`))).toString()).not.toContain('用户-1')
  forgotten.add('bare')
  const again = keeper.archives.forget()
  for (step = await again.next(); !step.done;) step = await again.next()
  expect((await keeper.archives.list()).map((archive) => archive.name)).toEqual(['2025-12-13.calls.001'])
})

test(
  'what a forgotten user said of others’ calls, and the rest of their traces, go from archives, too',
  { timeout: 90_000 },
  async () => {
    const { store, keeper, dataDir, forgotten, runOnce } = await openForTest()
    const trace = { traceId: 't', startedAt: STARTED }
    await store.insertCalls([
      makeCall({ requestId: 'of-other', userId: 'other', startedAt: STARTED }),
      makeCall({ ...trace, requestId: 'own', spanId: '1', userId: 'gone-4711' }),
      makeCall({ ...trace, requestId: 'step', spanId: '2', isStep: true, name: 'quokka' }),
      makeCall({ ...trace, requestId: 'shared', spanId: '3', traceId: 'u', userId: 'gone-4711' }),
      makeCall({ ...trace, requestId: 'shared-step', spanId: '4', traceId: 'u', isStep: true }),
      makeCall({ ...trace, requestId: 'of-other-too', spanId: '5', traceId: 'u', userId: 'other' }),
    ])
    await store.insertFeedback([
      makeFeedback({ requestId: 'of-other', userId: 'gone-4711', comment: 'wombat', createdAt: STARTED }),
      makeFeedback({ requestId: 'of-other', userId: 'other', comment: 'stays', createdAt: STARTED }),
    ])
    const { items } = await store.ask('listFeedback', { userId: 'other', limit: 1 })
    await store.triageFeedback({ ids: items.map(({ id }) => id), assignee: 'gone-4711', changedAt: STARTED })
    await runOnce()
    const contents = async () =>
      (await keeper.archives.list())
        .map(({ name }) => gunzipSync(readFileSync(join(dataDir, 'archives', `${name}.jsonl.gz`))).toString())
        .join('')
    expect(await contents()).toContain('wombat')

    forgotten.add('gone-4711')
    const [archive] = await keeper.archives.list()
    expect(await keeper.archives.get(archive?.name ?? '', 'of-other')).toMatchObject({
      feedback: [{ comment: 'stays', assignee: null }],
    })
    for await (const _step of keeper.archives.forget());
    const left = await contents()
    for (const word of ['gone-4711', 'wombat', 'quokka', '"own"', '"shared"'])
      expect(left).not.toContain(word)
    for (const word of ['stays', 'of-other', 'of-other-too', 'shared-step']) expect(left).toContain(word)
  },
)

describe('an archive that cannot be trusted', () => {
  const NAME = '2025-12-12.calls.001'
  const manifest = (folder: string) => join(folder, `${NAME}.manifest.json`)
  const data = (folder: string) => join(folder, `${NAME}.jsonl.gz`)
  const rewrite = (folder: string, change: (of: Record<string, unknown>) => void) => {
    const of = JSON.parse(readFileSync(manifest(folder), 'utf8')) as Record<string, unknown>
    change(of)
    writeFileSync(manifest(folder), JSON.stringify(of))
  }
  const flip = (folder: string, place: (length: number) => number) => {
    const bytes = readFileSync(data(folder))
    const at = place(bytes.length)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    writeFileSync(data(folder), bytes)
  }
  const SPOILED: [string, string, (folder: string) => void][] = [
    ['a file without its end', 'archive-damaged', (folder) => truncateSync(data(folder), 100)],
    ['an empty file', 'archive-damaged', (folder) => truncateSync(data(folder), 0)],
    ['a flipped bit at the start', 'archive-damaged', (folder) => flip(folder, () => 3)],
    [
      'a flipped bit in the middle',
      'archive-damaged',
      (folder) => flip(folder, (length) => Math.floor(length / 2)),
    ],
    ['a flipped bit at the end', 'archive-damaged', (folder) => flip(folder, (length) => length - 1)],
    ['no data', 'archive-missing', (folder) => renameSync(data(folder), `${data(folder)}.away`)],
    [
      'a wrong checksum',
      'archive-damaged',
      (folder) => rewrite(folder, (of) => Object.assign(of['data'] as object, { sha256: '0'.repeat(64) })),
    ],
    [
      'other counts',
      'archive-damaged',
      (folder) => rewrite(folder, (of) => Object.assign(of['counts'] as object, { calls: 9 })),
    ],
    [
      'a newer version',
      'archive-newer',
      (folder) => rewrite(folder, (of) => Object.assign(of, { version: 2, totals: null })),
    ],
    [
      'data in another folder',
      'archive-bad-name',
      (folder) => rewrite(folder, (of) => Object.assign(of['data'] as object, { file: '../../etc/passwd' })),
    ],
    [
      'data at a path',
      'archive-bad-name',
      (folder) => rewrite(folder, (of) => Object.assign(of['data'] as object, { file: '/etc/passwd' })),
    ],
    ['a manifest that is none', 'archive-damaged', (folder) => writeFileSync(manifest(folder), '{')],
  ]

  test('says what is wrong with it, whatever it is, and nothing changes', { timeout: 90_000 }, async () => {
    const { keeper, calls, sums, before, folder } = await archived()
    const whole = `${folder}.whole`
    cpSync(folder, whole, { recursive: true })
    for (const [what, code, spoil] of SPOILED) {
      cpSync(whole, folder, { recursive: true })
      spoil(folder)
      await expect(keeper.archives.verify(NAME), what).rejects.toMatchObject({ code })
      await expect(restoreAll(keeper.archives, { name: NAME }), what).rejects.toMatchObject({ code })
      // The list says of it what it can.
      expect((await keeper.archives.list()).map(({ name }) => name)).toContain(NAME)
    }
    expect(await calls()).toEqual([])
    expect(await sums()).toEqual(before.sums)
    // The others are as good as ever.
    expect(await restoreAll(keeper.archives, { name: '2025-12-13.calls.001' })).toMatchObject({ restored: 1 })
  })

  test.each(['../secret', '/etc/passwd', '2025-12-12.calls.001/..', '..', 'x'])(
    'the name %s is none',
    (name) => {
      const folder = temporaryFolder()
      for (const use of [verifyArchive, removeArchive, readManifest])
        expect(() => use(folder, name)).toThrow('This is not the name of an archive')
    },
  )
})

test('a folder that cannot be written to: it says so, and nothing is deleted', async () => {
  const { store, keeper, runOnce, calls, retention, dataDir } = await openForTest()
  writeFileSync(join(dataDir, 'a-file'), '')
  retention.archiveFolder = join(dataDir, 'a-file', 'archives')
  await store.insertCalls([makeCall({ requestId: 'a', startedAt: STARTED })])
  await runOnce()
  expect(await keeper.runs(null, 1)).toMatchObject([
    { state: 'failed', result: { calls: 0, problem: 'archive-folder-unusable' } },
  ])
  expect(await calls()).toEqual(['a'])
})

test(
  'an archive of another console is taken in as calls that come, and counted',
  { timeout: 90_000 },
  async () => {
    const from = await archived()
    const to = await openForTest()
    to.retention.archiveFolder = join(to.dataDir, 'archives')
    expect(await to.keeper.archives.list()).toEqual([])
    cpSync(from.folder, to.retention.archiveFolder, { recursive: true })
    await restoreAll(to.keeper.archives, { fromDay: '2025-01-01', toDay: '2026-12-31' })
    expect(await to.sums()).toEqual(from.before.sums)
    expect((await to.store.ask('listFeedback', { requestId: 'whole', limit: 10 })).items).toMatchObject([
      { id: 'f' },
    ])
    await to.runOnce()
    expect(await to.sums()).toEqual(from.before.sums)
  },
)
