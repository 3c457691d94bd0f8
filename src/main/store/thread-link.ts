import type { MessagePort, Worker } from 'node:worker_threads'
import type { ErrorCode } from '#shared/errors.ts'
import { ConsoleError } from '#shared/errors.ts'

export type Input<F> = F extends (input: infer I) => unknown ? I : never
export type Output<F> = F extends (input: never) => infer O ? Awaited<O> : never

/** A call of one of a thread's functions; each takes one argument. */
export type ThreadRequest<Functions> = {
  [Name in keyof Functions & string]: { id: number; name: Name; input: Input<Functions[Name]> }
}[keyof Functions & string]

type ThreadAnswer =
  { id: number; ok: true; output: unknown } | { id: number; ok: false; code: ErrorCode; message: string }

const READY_ID = 0

/** Calls the functions of a worker thread. All of this console's threads answer by these two classes. */
export class ThreadClient<Functions> {
  readonly #worker: Worker
  readonly #waiting = new Map<number, { resolve: (output: never) => void; reject: (error: Error) => void }>()
  #lastId = READY_ID
  #failure: ConsoleError | undefined
  /** Settles when the thread has opened its database, or has failed to. */
  readonly ready: Promise<void>

  constructor(worker: Worker) {
    this.#worker = worker
    this.ready = new Promise((resolve, reject) => {
      this.#waiting.set(READY_ID, { resolve: () => resolve(), reject })
    })
    worker.on('message', (answer: ThreadAnswer) => this.#settle(answer))
    worker.on('error', (error: Error) =>
      this.#fail(new ConsoleError('store-failed', `A store thread stopped: ${error.message}`)),
    )
    worker.on('exit', () => this.#fail(new ConsoleError('store-closed', 'The store is closed.')))
  }

  /** Whether it still answers. */
  get isAlive(): boolean {
    return this.#failure === undefined
  }

  /** How many calls wait for an answer. */
  get pending(): number {
    return this.#waiting.size
  }

  /** @throws ConsoleError with the code that the function threw, or `store-closed` after the thread's end. */
  call<Name extends keyof Functions & string>(
    name: Name,
    input: Input<Functions[Name]>,
  ): Promise<Output<Functions[Name]>> {
    if (this.#failure) return Promise.reject(this.#failure)
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#worker.postMessage({ id, name, input })
    })
  }

  #settle(answer: ThreadAnswer): void {
    const waiter = this.#waiting.get(answer.id)
    if (!waiter) return
    this.#waiting.delete(answer.id)
    if (answer.ok) waiter.resolve(answer.output as never)
    else waiter.reject(new ConsoleError(answer.code, answer.message))
  }

  #fail(failure: ConsoleError): void {
    this.#failure ??= failure
    for (const { reject } of this.#waiting.values()) reject(this.#failure)
    this.#waiting.clear()
  }
}

/** The other end of a `ThreadClient`, inside the thread. */
export class ThreadServer {
  readonly #port: MessagePort

  constructor(port: MessagePort) {
    this.#port = port
  }

  ready(): void {
    this.succeed(READY_ID, undefined)
  }

  notReady(error: unknown): void {
    this.fail(READY_ID, error)
  }

  succeed(id: number, output: unknown): void {
    this.#port.postMessage({ id, ok: true, output } satisfies ThreadAnswer)
  }

  fail(id: number, error: unknown): void {
    const { code, message } = asConsoleError(error)
    this.#port.postMessage({ id, ok: false, code, message } satisfies ThreadAnswer)
  }
}

/** Gives SQLite's failures the console's codes. The message never holds a bound value: SQLite does not print them. */
export function asConsoleError(error: unknown): ConsoleError {
  if (error instanceof ConsoleError) return error
  const message = error instanceof Error ? error.message : String(error)
  const sqliteCode = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (sqliteCode === 'SQLITE_FULL' || (sqliteCode.startsWith('SQLITE_IOERR') && message.includes('disk'))) {
    return new ConsoleError(
      'store-full',
      'The disk is full: nothing was stored. Free some space; apps may retry.',
    )
  }
  if (sqliteCode.startsWith('SQLITE_CORRUPT')) {
    return new ConsoleError(
      'store-corrupt',
      'The database is damaged. Move it aside, or restore a backup in its place, and start again.',
    )
  }
  return new ConsoleError('store-failed', message)
}
