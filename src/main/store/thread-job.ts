import { on } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { parentPort, workerData } from 'node:worker_threads'
import type { ErrorCode } from '#shared/errors.ts'
import { ConsoleError } from '#shared/errors.ts'
import { giveWay } from './give-way.ts'
import { asConsoleError } from './thread-link.ts'

type JobMessage<Step, Output> =
  | { type: 'step'; step: Step }
  | { type: 'done'; output: Output }
  | { type: 'failed'; code: ErrorCode; message: string; systemCode: string | undefined }

/** What a job's thread waits for before it goes on. */
const TAKEN = 'taken'

/** A job that failed, with what the operating system called it, such as `ENOSPC`. */
export class JobFailure extends ConsoleError {
  readonly systemCode: string | undefined

  constructor(code: ErrorCode, message: string, systemCode: string | undefined) {
    super(code, message)
    this.name = 'JobFailure'
    this.systemCode = systemCode
  }
}

/**
 * Runs something long in a thread of its own. The thread waits until each step was taken, so that it is never far ahead;
 * whoever stops taking steps, or aborts, ends it at once.
 *
 * @returns the steps, and at last what came of it.
 * @throws JobFailure; an AbortError when the signal aborts.
 */
export async function* runJob<Step, Output>(
  start: () => Worker,
  signal?: AbortSignal,
): AsyncGenerator<Step, Output, void> {
  signal?.throwIfAborted()
  const worker = start()
  try {
    for await (const [message] of on(worker, 'message', {
      close: ['exit'],
      ...(signal && { signal }),
    }) as AsyncIterable<[JobMessage<Step, Output>]>) {
      switch (message.type) {
        case 'step':
          yield message.step
          worker.postMessage(TAKEN)
          break
        case 'done':
          return message.output
        case 'failed':
          throw new JobFailure(message.code, message.message, message.systemCode)
      }
    }
  } finally {
    await worker.terminate()
  }
  throw new JobFailure('store-failed', 'A thread ended before it was done.', undefined)
}

/**
 * The other end of `runJob`, inside the thread.
 *
 * @param run is given what the thread was started with, and a function that hands a step over and resolves when it was
 * taken.
 */
export function serveJob<Input, Step, Output>(
  run: (input: Input, report: (step: Step, transfer?: ArrayBuffer[]) => Promise<void>) => Promise<Output>,
): void {
  if (!parentPort) throw new Error('a job runs as a worker thread')
  giveWay()
  const port = parentPort
  const send = (message: JobMessage<Step, Output>, transfer: ArrayBuffer[] = []) =>
    port.postMessage(message, transfer)
  const report = (step: Step, transfer?: ArrayBuffer[]) =>
    new Promise<void>((resolve) => {
      port.once('message', () => resolve())
      send({ type: 'step', step }, transfer)
    })
  run(workerData as Input, report).then(
    (output) => send({ type: 'done', output }),
    (error: unknown) => {
      const { code, message } = asConsoleError(error)
      const systemCode = error instanceof Error && 'code' in error ? String(error.code) : undefined
      send({ type: 'failed', code, message, systemCode })
    },
  )
}
