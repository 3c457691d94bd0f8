import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { isRestoreRequested } from './care/restore-files.ts'
import { holdDataFolder } from './data-folder-lock.ts'
import type { DatabaseOptions, OpenDatabase } from './database.ts'
import { openForReading, openForWriting } from './database.ts'
import { Following } from './following.ts'
import { migrateToLatest } from './migrations/index.ts'
import type { Queries } from './queries/index.ts'
import { queries } from './queries/index.ts'
import { areRollupsOutdated } from './rebuild-rollups.ts'
import type { ThreadRequest } from './thread-link.ts'
import { ThreadServer } from './thread-link.ts'
import type { WriterFunctions, WritersAtWork } from './writer-functions.ts'
import { performers } from './writer-functions.ts'
import { createWriters } from './writers.ts'

// A transaction larger than this makes the first of its callers wait too long.
const MAX_RECORDS_PER_COMMIT = 5_000
/** What is left of the last time may wait until a first page is there. */
const BEGIN_DELAY_MS = 2_000

/** It answers questions, too, until there is a reader. */
export type WriterThreadFunctions = WriterFunctions & Queries & { endReading(input: null): void }

type WriterRequest = ThreadRequest<WriterThreadFunctions>
type RequestOf<Name> = Extract<WriterRequest, { name: Name }>

async function main(): Promise<void> {
  if (!parentPort) throw new Error('the writer runs as a worker thread')
  const port = parentPort
  const options = workerData as DatabaseOptions
  const server = new ThreadServer(port)
  let releaseFolder: (() => void) | undefined
  let database: OpenDatabase
  try {
    releaseFolder = holdDataFolder(options)
    database = await openRestored(options)
  } catch (error) {
    releaseFolder?.()
    server.notReady(error)
    port.close()
    return
  }
  let made: WritersAtWork | undefined
  /** With what needs them first, or a moment later: to prepare their statements takes as long as the rest of a start. */
  const atWork = (): WritersAtWork => {
    if (made) return made
    const writers = createWriters(database)
    made = { writers, following: new Following(writers.follower) }
    return made
  }
  if (areRollupsOutdated(database.sqlite)) atWork().writers.rebuilder.rebuildAll()
  let reader: { database: OpenDatabase; functions: Queries } | undefined
  const reading = (): Queries => {
    if (reader) return reader.functions
    const ofReader = openForReading(options)
    reader = { database: ofReader, functions: queries(ofReader) }
    return reader.functions
  }
  const functions = {
    ...performers(database, atWork),
    endReading() {
      reader?.database.sqlite.close()
      reader = undefined
    },
  }
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
    made?.following.followLater()
  }

  const perform = async (request: WriterRequest): Promise<void> => {
    if (request.name === 'insertCalls') return commitGroup(request)
    if (request.name === 'insertFeedback') return commitFeedback(request)
    if (request.name === 'close') return close(request)
    // The link pairs each name with its own input, which the compiler cannot follow through a look-up.
    const own: Partial<Record<string, (input: never) => unknown>> = functions
    const run = own[request.name] ?? reading()[request.name as keyof Queries]
    server.succeed(request.id, await run(request.input as never))
  }

  const close = async (request: RequestOf<'close'>): Promise<void> => {
    clearTimeout(beginning)
    made?.following.stop()
    functions.endReading()
    await database.kysely.destroy()
    releaseFolder?.()
    server.succeed(request.id, undefined)
    port.close()
  }

  const commitGroup = (first: RequestOf<'insertCalls'>): void => {
    const { writers, following } = atWork()
    const group = takeGroup(first)
    const startedAt = performance.now()
    const results = writers.inserter.insert(group.map((request) => request.input))
    const commitMs = performance.now() - startedAt
    results.forEach((result, index) => {
      const id = group[index]?.id
      if (id === undefined) return
      if (result.ok) server.succeed(id, { ...result.outcome, commitMs, isFirstOfCommit: index === 0 })
      else server.fail(id, result.error)
    })
    following.committed(group.reduce((sum, { input }) => sum + input.length, 0))
  }

  const commitFeedback = (first: RequestOf<'insertFeedback'>): void => {
    const group = takeGroup(first)
    const results = atWork().writers.feedback.insert(group.map((request) => request.input))
    results.forEach((result, index) => {
      const id = group[index]?.id
      if (id === undefined) return
      if (result.ok) server.succeed(id, result.outcome)
      else server.fail(id, result.error)
    })
  }

  /**
   * Takes every batch of its kind that waits behind the first one with it: the cost of a sync is shared. Calls and
   * feedback may overtake each other.
   */
  const takeGroup = <Request extends RequestOf<'insertCalls' | 'insertFeedback'>>(
    first: Request,
  ): Request[] => {
    takeWaitingMessages()
    const group = [first]
    let size = first.input.length
    const others = queue.splice(0).filter((next) => {
      if (size >= MAX_RECORDS_PER_COMMIT || !isSameKind(next, first)) return true
      size += next.input.length
      group.push(next)
      return false
    })
    queue.push(...others)
    return group
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
  const beginning = setTimeout(() => {
    try {
      atWork().following.followLater()
    } catch {
      // Whoever needs them is told why they cannot be made.
    }
  }, BEGIN_DELAY_MS)
}

function isSameKind<Request extends WriterRequest>(request: WriterRequest, as: Request): request is Request {
  return request.name === as.name
}

/** Puts a backup in the place of the database first, if that was asked for; if it does not open, the old one is back. */
async function openRestored(options: DatabaseOptions): Promise<OpenDatabase> {
  if (!isRestoreRequested(options)) return openMigrated(options)
  // Few starts need it.
  const { applyRestore } = await import('./care/restore-request.ts')
  const restored = applyRestore(options)
  if (!restored) return openMigrated(options)
  try {
    const database = await openMigrated(options)
    restored.keep()
    return database
  } catch {
    restored.undo()
    return openMigrated(options)
  }
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
