import { rename } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { CallExportRequest, CallExportStep } from '#shared/contract/call-exports.ts'
import type { DatabaseOptions } from '../store/database.ts'
import { mapSteps } from '../store/map-steps.ts'
import { runJob } from '../store/thread-job.ts'
import { noteUnfinished, partOf } from '../store/unfinished-files.ts'
import type { ExportJob, ExportJobResult, ExportJobStep } from './export-thread.ts'
import { fileProblem } from './file-problem.ts'

/**
 * Writes all calls of a filter into a file, in a thread of its own. It is written beside and renamed: nobody meets half
 * of it, and what was there before stays until the new one is whole.
 *
 * @param path where the user wants it; what is there is replaced.
 * @throws an AbortError when the signal aborts: then nothing is left behind.
 */
export async function* exportToFile(
  database: DatabaseOptions,
  request: CallExportRequest,
  path: string,
  signal?: AbortSignal,
): AsyncGenerator<CallExportStep> {
  const part = partOf(path)
  const clean = await noteUnfinished(dirname(database.file), part)
  try {
    const writing = startExport({ database, request, file: part }, signal)
    const written = yield* mapSteps(writing, (step) => (step.type === 'progress' ? step : null))
    await rename(part, path)
    yield { type: 'saved', fileName: basename(path), ...written }
  } catch (error) {
    if (signal?.aborted) throw error
    yield { type: 'failed', reason: fileProblem(error) }
  } finally {
    await clean()
  }
}

/** The same, handed over as it is made; whoever reads slowly slows it down, and whoever cancels ends it. */
export function exportStream(
  database: DatabaseOptions,
  request: CallExportRequest,
  signal?: AbortSignal,
): ReadableStream<Uint8Array> {
  const steps = startExport({ database, request, file: undefined }, signal)
  return new ReadableStream({
    async pull(controller) {
      for (;;) {
        const step = await steps.next()
        if (step.done) return controller.close()
        if (step.value.type !== 'bytes') continue
        return controller.enqueue(step.value.bytes)
      }
    },
    async cancel() {
      await steps.return(NOTHING)
    },
  })
}

const NOTHING: ExportJobResult = { calls: 0, sizeBytes: 0 }

function startExport(job: ExportJob, signal: AbortSignal | undefined) {
  return runJob<ExportJobStep, ExportJobResult>(() => {
    // From source under Node, which reads TypeScript; from the bundle inside the application.
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
    const file = new URL(`./export-thread.${extension}`, import.meta.url)
    return new Worker(file, { name: 'export-thread', workerData: job })
  }, signal)
}
