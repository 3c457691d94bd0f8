import { Worker } from 'node:worker_threads'
import type { DatabaseOptions } from '../database.ts'
import { runJob } from '../thread-job.ts'
import type { CareJob, CareTasks } from './care-thread.ts'

/**
 * Does something for the database that takes long, in a thread of its own.
 *
 * @returns how far it is, 0 to 1, and at last what came of it.
 * @throws JobFailure; an AbortError when the signal aborts.
 */
export function runCare<Name extends keyof CareTasks>(
  database: DatabaseOptions,
  name: Name,
  input: CareTasks[Name]['input'],
  signal?: AbortSignal,
): AsyncGenerator<number, CareTasks[Name]['output'], void> {
  // The name and its input belong together by the signature, which the compiler cannot follow into the union.
  const job = { name, input, database } as CareJob
  return runJob<number, CareTasks[Name]['output']>(() => {
    // From source under Node, which reads TypeScript; from the bundle inside the application.
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
    const file = new URL(`./care-thread.${extension}`, import.meta.url)
    return new Worker(file, { name: 'care-thread', workerData: job })
  }, signal)
}

/** The same for who only waits for the outcome. */
export async function finishCare<Name extends keyof CareTasks>(
  ...args: Parameters<typeof runCare<Name>>
): Promise<CareTasks[Name]['output']> {
  const steps = runCare(...args)
  for (;;) {
    const step = await steps.next()
    if (step.done) return step.value
  }
}
