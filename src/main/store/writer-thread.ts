import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { BudgetChange } from './budget.ts'
import { writeBudget } from './budget.ts'
import type { NewCall } from './call.ts'
import type { CostConfigChange } from './cost-config.ts'
import { writeCostConfig } from './cost-config.ts'
import type { DatabaseOptions, OpenDatabase } from './database.ts'
import { openForWriting } from './database.ts'
import { holdDataFolder } from './data-folder-lock.ts'
import type { InsertOutcome } from './insert-calls.ts'
import type { NewSpanEvent } from './insert-span-events.ts'
import { insertSpanEvents } from './insert-span-events.ts'
import { migrateToLatest } from './migrations/index.ts'
import type { CostChange } from './reprice-calls.ts'
import type { ThreadRequest } from './thread-link.ts'
import { ThreadServer } from './thread-link.ts'
import { writeSetting } from './write-setting.ts'
import type { UpstreamChange } from './write-upstream.ts'
import { writeUpstream } from './write-upstream.ts'
import { createWriters } from './writers.ts'

/** What the writer thread does on request. `insertCalls` may be answered together with others: one COMMIT for all. */
export type WriterFunctions = {
  insertCalls(calls: NewCall[]): InsertOutcome & CommitTiming
  insertSpanEvents(events: NewSpanEvent[]): void
  writeSetting(setting: { name: string; value: unknown }): void
  writeUpstream(change: UpstreamChange): void
  /** @returns where the days (UTC) begin that have calls or rollups, epoch ms, ascending. */
  rollupDays(input: null): number[]
  /** Counts the calls of one day again. */
  rebuildDay(request: { dayStart: number }): void
  writeBudget(change: BudgetChange): void
  writeCostConfig(change: CostConfigChange): void
  /** Gives calls another computed cost, in one transaction. */
  repriceCalls(changes: CostChange[]): void
  /** Empties the tables by user, which then fill again. */
  clearUserIndex(input: null): void
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

/** Calls that the tables by user take in with one transaction, and how long after a commit. */
const USER_INDEX_CHUNK = 20_000
const USER_INDEX_DELAY_MS = 1_000
/** Readers look through what is not in them call by call: more than this would take them long. */
const USER_INDEX_MAX_AHEAD = 250_000
/** With so many committed since the last look, ingest has more urgent use of the time. */
const BUSY_CALLS = 5_000

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
  const { kysely } = database
  const { inserter, rebuilder, repricer, users } = createWriters(database)
  if (rebuilder.isOutdated()) rebuilder.rebuildAll()
  const queue: WriterRequest[] = []
  let isWorking = false
  let isClosed = false
  let followTimer: NodeJS.Timeout | undefined
  /** Calls that were committed and are not in the tables by user yet. */
  let callsAhead = users.ahead()

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
    followLater()
  }

  /** Takes calls into the tables by user, in the pauses between commits. */
  const followUsers = (): void => {
    try {
      const taken = users.catchUp(USER_INDEX_CHUNK)
      callsAhead = taken < USER_INDEX_CHUNK ? 0 : callsAhead - taken
    } catch {
      // A full disk, most likely: it goes on with the next calls that can be stored.
      callsAhead = 0
    }
  }
  const followLater = (): void => {
    if (callsAhead === 0 || isClosed) return
    const aheadBefore = callsAhead
    followTimer ??= setTimeout(() => {
      followTimer = undefined
      if (isClosed) return
      const isBusy = callsAhead - aheadBefore > BUSY_CALLS
      do if (!isBusy || callsAhead > USER_INDEX_MAX_AHEAD) followUsers()
      while (callsAhead > USER_INDEX_MAX_AHEAD)
      followLater()
    }, USER_INDEX_DELAY_MS)
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
      case 'rebuildDay':
        rebuilder.rebuildDay(request.input.dayStart)
        server.succeed(request.id, undefined)
        break
      case 'rollupDays':
        server.succeed(request.id, [...rebuilder.days()])
        break
      case 'writeCostConfig':
        await writeCostConfig(kysely, request.input)
        server.succeed(request.id, undefined)
        break
      case 'writeBudget':
        await writeBudget(kysely, request.input)
        server.succeed(request.id, undefined)
        break
      case 'repriceCalls':
        repricer.reprice(request.input)
        server.succeed(request.id, undefined)
        break
      case 'clearUserIndex':
        users.clear()
        callsAhead = users.ahead()
        server.succeed(request.id, undefined)
        break
      case 'close':
        isClosed = true
        clearTimeout(followTimer)
        followTimer = undefined
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
    callsAhead += calls
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
  followLater()
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
