import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { applyRestore } from './care/restore-request.ts'
import { holdDataFolder } from './data-folder-lock.ts'
import type { DatabaseOptions, OpenDatabase } from './database.ts'
import { openForWriting } from './database.ts'
import { Following } from './following.ts'
import { migrateToLatest } from './migrations/index.ts'
import type { ThreadRequest } from './thread-link.ts'
import { ThreadServer } from './thread-link.ts'
import type { WriterFunctions } from './writer-functions.ts'
import { performers } from './writer-functions.ts'
import { createWriters } from './writers.ts'

// A transaction larger than this makes the first of its callers wait too long.
const MAX_RECORDS_PER_COMMIT = 5_000

type WriterRequest = ThreadRequest<WriterFunctions>
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
  const writers = createWriters(database)
  const { feedback, inserter, rebuilder } = writers
  if (rebuilder.isOutdated()) rebuilder.rebuildAll()
  const following = new Following(writers.follower)
  const functions = performers(database, writers, following)
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
    following.followLater()
  }

  const perform = async (request: WriterRequest): Promise<void> => {
    if (request.name === 'insertCalls') return commitGroup(request)
    if (request.name === 'insertFeedback') return commitFeedback(request)
    if (request.name === 'close') return close(request)
    // The link pairs each name with its own input, which the compiler cannot follow through a look-up.
    const run: (input: never) => unknown = functions[request.name]
    server.succeed(request.id, await run(request.input as never))
  }

  const close = async (request: RequestOf<'close'>): Promise<void> => {
    following.stop()
    await database.kysely.destroy()
    releaseFolder?.()
    server.succeed(request.id, undefined)
    port.close()
  }

  const commitGroup = (first: RequestOf<'insertCalls'>): void => {
    const group = takeGroup(first)
    const startedAt = performance.now()
    const results = inserter.insert(group.map((request) => request.input))
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
    feedback.insert(group.map((request) => request.input)).forEach((result, index) => {
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
  following.followLater()
}

function isSameKind<Request extends WriterRequest>(request: WriterRequest, as: Request): request is Request {
  return request.name === as.name
}

/** Puts a backup in the place of the database first, if that was asked for; if it does not open, the old one is back. */
async function openRestored(options: DatabaseOptions): Promise<OpenDatabase> {
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
