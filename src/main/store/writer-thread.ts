import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { NewCall } from './call.ts'
import type { DatabaseOptions, OpenDatabase } from './database.ts'
import { openForWriting } from './database.ts'
import { holdDataFolder } from './data-folder-lock.ts'
import type { InsertOutcome } from './insert-calls.ts'
import { CallInserter } from './insert-calls.ts'
import type { NewSpanEvent } from './insert-span-events.ts'
import { insertSpanEvents } from './insert-span-events.ts'
import { migrateToLatest } from './migrations/index.ts'
import type { ThreadRequest } from './thread-link.ts'
import { ThreadServer } from './thread-link.ts'
import { writeSetting } from './write-setting.ts'
import type { UpstreamChange } from './write-upstream.ts'
import { writeUpstream } from './write-upstream.ts'

/** What the writer thread does on request. `insertCalls` may be answered together with others: one COMMIT for all. */
export type WriterFunctions = {
  insertCalls(calls: NewCall[]): InsertOutcome & CommitTiming
  insertSpanEvents(events: NewSpanEvent[]): void
  writeSetting(setting: { name: string; value: unknown }): void
  writeUpstream(change: UpstreamChange): void
  close(input: null): void
}

export interface CommitTiming {
  /** Duration of the transaction that stored the batch, together with any others. */
  commitMs: number
  /** True for one batch of each transaction, so that transactions can be counted. */
  isFirstOfCommit: boolean
}

// A transaction larger than this makes the first of its callers wait too long.
const MAX_CALLS_PER_COMMIT = 5_000

type WriterRequest = ThreadRequest<WriterFunctions>
type InsertRequest = Extract<WriterRequest, { name: 'insertCalls' }>

async function main(): Promise<void> {
  if (!parentPort) throw new Error('the writer runs as a worker thread')
  const port = parentPort
  const options = workerData as DatabaseOptions
  const server = new ThreadServer(port)
  let releaseFolder: (() => void) | undefined
  let database: OpenDatabase
  try {
    releaseFolder = holdDataFolder(options)
    database = await openMigrated(options)
  } catch (error) {
    releaseFolder?.()
    server.notReady(error)
    port.close()
    return
  }
  const { sqlite, kysely } = database
  const inserter = new CallInserter(sqlite, kysely)
  const queue: WriterRequest[] = []
  let isWorking = false

  const work = async (): Promise<void> => {
    if (isWorking) return
    isWorking = true
    for (let request = queue.shift(); request; request = queue.shift()) {
      try {
        await perform(request)
      } catch (error) {
        server.fail(request.id, error)
      }
    }
    isWorking = false
  }

  const perform = async (request: WriterRequest): Promise<void> => {
    switch (request.name) {
      case 'insertCalls':
        commitGroup(request)
        break
      case 'insertSpanEvents':
        await insertSpanEvents(kysely, request.input)
        server.succeed(request.id, undefined)
        break
      case 'writeSetting':
        await writeSetting(kysely, request.input)
        server.succeed(request.id, undefined)
        break
      case 'writeUpstream':
        await writeUpstream(kysely, request.input)
        server.succeed(request.id, undefined)
        break
      case 'close':
        await kysely.destroy()
        releaseFolder?.()
        server.succeed(request.id, undefined)
        port.close()
    }
  }

  /** Takes every batch that waits behind the first one into the same transaction: the cost of a sync is shared. */
  const commitGroup = (first: InsertRequest): void => {
    const group = [first]
    let calls = first.input.length
    takeWaitingMessages()
    for (let next = queue[0]; next?.name === 'insertCalls' && calls < MAX_CALLS_PER_COMMIT; next = queue[0]) {
      queue.shift()
      group.push(next)
      calls += next.input.length
    }
    const startedAt = performance.now()
    const results = inserter.insert(group.map((request) => request.input))
    const commitMs = performance.now() - startedAt
    results.forEach((result, index) => {
      const id = group[index]?.id
      if (id === undefined) return
      if (result.ok) server.succeed(id, { ...result.outcome, commitMs, isFirstOfCommit: index === 0 })
      else server.fail(id, result.error)
    })
  }

  const takeWaitingMessages = (): void => {
    for (;;) {
      const waiting = receiveMessageOnPort(port)
      if (!waiting) return
      queue.push(waiting.message as WriterRequest)
    }
  }

  port.on('message', (request: WriterRequest) => {
    queue.push(request)
    void work()
  })
  server.ready()
}

/** Closes the database again if it cannot be used: whoever hears of that may touch its files. */
async function openMigrated(options: DatabaseOptions): Promise<OpenDatabase> {
  const database = openForWriting(options)
  try {
    await migrateToLatest(database)
    return database
  } catch (error) {
    database.sqlite.close()
    throw error
  }
}

void main()
