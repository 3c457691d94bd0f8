import { parentPort, workerData } from 'node:worker_threads'
import type { DatabaseOptions } from './database.ts'
import { openForReading } from './database.ts'
import { giveWay } from './give-way.ts'
import type { Queries } from './queries/index.ts'
import { queries } from './queries/index.ts'
import type { ThreadRequest } from './thread-link.ts'
import { ThreadServer } from './thread-link.ts'

/** What a reader answers: every query, and the request to let go of the database. */
export type ReaderFunctions = Queries & { close(input: null): void }

function main(): void {
  if (!parentPort) throw new Error('a reader runs as a worker thread')
  giveWay()
  const port = parentPort
  const server = new ThreadServer(port)
  let opened: ReturnType<typeof open> | undefined
  const answer = async (request: ThreadRequest<ReaderFunctions>): Promise<void> => {
    try {
      if (request.name === 'close') {
        opened?.database.sqlite.close()
        server.succeed(request.id, undefined)
        port.close()
        return
      }
      // With the first question: the thread is loaded while the writer brings the database up to date.
      opened ??= open()
      // The link pairs each name with its own input, which the compiler cannot follow through a look-up.
      const ask: (input: never) => unknown = opened.functions[request.name]
      server.succeed(request.id, await ask(request.input as never))
    } catch (error) {
      server.fail(request.id, error)
    }
  }
  port.on('message', (request: ThreadRequest<ReaderFunctions>) => void answer(request))
  server.ready()
}

function open() {
  const database = openForReading(workerData as DatabaseOptions)
  return { database, functions: queries(database) }
}

main()
