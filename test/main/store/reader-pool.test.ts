import type { Worker } from 'node:worker_threads'
import { Worker as Thread } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import { ReaderPool } from '../../../src/main/store/reader-pool.ts'
import type { ReaderFunctions } from '../../../src/main/store/reader-thread.ts'
import { openStore } from '../../../src/main/store/store.ts'
import { ThreadClient } from '../../../src/main/store/thread-link.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { makeCall } from './make-call.ts'

async function openPool() {
  const dataDir = temporaryFolder()
  const store = await openStore({ dataDir })
  await store.insertCalls(Array.from({ length: 5_000 }, () => makeCall()))
  await store.close()
  const threads: Worker[] = []
  const start = () => {
    const url = new URL('../../../src/main/store/reader-thread.ts', import.meta.url)
    const thread = new Thread(url, { workerData: { file: `${dataDir}/llmops.sqlite` } })
    threads.push(thread)
    return thread
  }
  const standIn = new ThreadClient<ReaderFunctions>(start())
  await standIn.ready
  let hasLeft = false
  const leave = async () => {
    if (hasLeft) return
    hasLeft = true
    await standIn.call('close', null)
  }
  const pool = new ReaderPool(start, { reader: standIn, leave: () => void leave() })
  let closed: Promise<void> | undefined
  // As the store does: who stands in ends last.
  const close = () => (closed ??= pool.close().then(leave))
  onTestFinished(close)
  return {
    pool,
    threads,
    close,
    hasLeft: () => hasLeft,
    ask: () => pool.reader.call('listCalls', { limit: 1_000 }),
  }
}

test('who stands in is enough for one question after the other, and is followed by a reader a moment later', async () => {
  const { threads, hasLeft, ask } = await openPool()
  for (let asked = 0; asked < 5; asked += 1) expect((await ask()).items).toHaveLength(1_000)
  expect(threads).toHaveLength(1)
  await expect.poll(hasLeft).toBe(true)
  expect(threads).toHaveLength(2)
  expect((await ask()).items).toHaveLength(1_000)
})

test('another starts when questions have to wait, and all are answered', async () => {
  const { threads, ask } = await openPool()
  let isEnough = false
  const asking = Array.from({ length: 20 }, async () => {
    while (!isEnough) expect((await ask()).items).toHaveLength(1_000)
  })
  await expect.poll(() => threads.length, { timeout: 20_000 }).toBeGreaterThan(2)
  isEnough = true
  await Promise.all(asking)
})

test('a pool that is closed while questions wait answers them first, and starts nothing any more', async () => {
  const { threads, close, ask } = await openPool()
  const asked = Array.from({ length: 50 }, ask)
  await close()
  expect(await Promise.all(asked)).toHaveLength(50)
  const started = threads.length
  await expect(ask()).rejects.toMatchObject({ code: 'store-closed' })
  expect(threads).toHaveLength(started)
})
