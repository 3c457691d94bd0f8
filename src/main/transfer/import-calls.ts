import { randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { Worker } from 'node:worker_threads'
import type {
  CallImportPreview,
  CallImportReport,
  CallImportStep,
  ChosenImport,
} from '#shared/contract/call-imports.ts'
import { ConsoleError } from '#shared/errors.ts'
import { LIMITS } from '#shared/limits.ts'
import type { Ingest } from '../ingest/index.ts'
import { logRecordsToEvents } from '../ingest/index.ts'
import type { NewCall } from '../store/call.ts'
import type { NewFeedback } from '../store/feedback.ts'
import { JobFailure, runJob } from '../store/thread-job.ts'
import type { ImportBatch, ImportJob } from './import-thread.ts'
import type { IsForgotten } from './leave-forgotten.ts'
import { leaveForgotten } from './leave-forgotten.ts'
import { arrivalOf } from './own-call.ts'

type ImportTarget = Pick<Ingest, 'submit' | 'submitEvents' | 'digest'>

export interface CallImporter {
  /** Reads the beginning of a file, and keeps its path under an id. */
  look(path: string): Promise<ChosenImport>
  /**
   * Imports a file that was looked at. It goes the way of all calls, so that it may be ended, killed and repeated: what
   * was stored stays, and nothing is stored twice.
   *
   * @throws an AbortError when the signal aborts.
   */
  run(request: { fileId: string; app: string }, signal?: AbortSignal): AsyncGenerator<CallImportStep>
}

/** What it reads is gone with the next batch: with more room V8 would only clear up later. */
const THREAD_LIMITS = { maxYoungGenerationSizeMb: 8 }
const PREVIEW_CALLS = 5
const PREVIEW_APP = '—'
/** Files that were looked at and may be imported. */
const FILES_KEPT = 20

/**
 * @param submitFeedback stores what was said of calls; what is known already is left as it is.
 * @param isForgotten what is to stay forgotten is left out.
 */
export function createCallImporter(
  ingest: ImportTarget,
  submitFeedback: (feedback: NewFeedback[]) => Promise<void>,
  isForgotten: IsForgotten = () => false,
): CallImporter {
  const files = new Map<string, string>()
  return {
    async look(path) {
      const found: ImportBatch[] = []
      let sizeBytes = 0
      try {
        sizeBytes = (await stat(path)).size
        const batches = startImport({ file: path, app: PREVIEW_APP, limit: PREVIEW_CALLS })
        for await (const batch of batches) found.push(batch)
      } catch {
        // A damaged file may have a beginning that can be read.
        if (found.every(({ calls }) => calls.length === 0)) return { outcome: 'unreadable' }
      }
      const fileId = randomUUID()
      files.set(fileId, path)
      const [oldest] = files.keys()
      if (files.size > FILES_KEPT && oldest !== undefined) files.delete(oldest)
      return {
        outcome: 'chosen',
        fileId,
        fileName: basename(path),
        sizeBytes,
        format: found.find(({ format }) => format !== null)?.format ?? null,
        calls: found
          .flatMap(({ calls }) => calls)
          .slice(0, PREVIEW_CALLS)
          .map(previewOf),
        problems: found.flatMap(({ problems }) => problems).slice(0, PREVIEW_CALLS),
      }
    },
    async *run({ fileId, app }, signal) {
      const report: CallImportReport = {
        imported: 0,
        steps: 0,
        duplicates: 0,
        forgotten: 0,
        rejected: 0,
        problems: [],
      }
      const file = files.get(fileId)
      if (file === undefined) {
        yield { type: 'failed', reason: 'gone', report }
        return
      }
      try {
        for await (const batch of startImport({ file, app, limit: undefined }, signal)) {
          const feedback = await keep(batch, { ingest, isForgotten, report })
          // After its calls, so that it finds them.
          if (feedback.length > 0) await submitFeedback(feedback)
          yield { type: 'progress', report: copyOf(report), share: batch.share }
        }
        yield { type: 'done', report }
      } catch (error) {
        if (signal?.aborted) throw error
        yield { type: 'failed', reason: failureOf(error), report }
      }
    },
  }
}

function startImport(job: ImportJob, signal?: AbortSignal) {
  return runJob<ImportBatch, null>(() => {
    // From source under Node, which reads TypeScript; from the bundle inside the application.
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
    const file = new URL(`./import-thread.${extension}`, import.meta.url)
    return new Worker(file, { name: 'import-thread', workerData: job, resourceLimits: THREAD_LIMITS })
  }, signal)
}

/** @returns the feedback that is to be stored now. */
async function keep(
  { calls: read, logs, feedback: given, problems }: ImportBatch,
  {
    ingest,
    isForgotten,
    report,
  }: { ingest: ImportTarget; isForgotten: IsForgotten; report: CallImportReport },
): Promise<NewFeedback[]> {
  for (const { line, reason, count } of problems) {
    report.rejected += count
    if (report.problems.length < LIMITS.importProblems) report.problems.push({ line, reason })
  }
  const now = Date.now()
  const fromLogs = logRecordsToEvents(logs, now, (text) => ingest.digest(text))
  const all = [...read, ...fromLogs.calls.map((call) => ({ ...call, arrivedAt: arrivalOf(call, now) }))]
  const { calls, events, feedback, forgotten } = leaveForgotten(
    { calls: all, events: fromLogs.events, feedback: given },
    isForgotten,
  )
  report.forgotten += forgotten
  if (calls.length > 0) {
    const { duplicateIndexes } = await ingest.submit(calls)
    const known = new Set(duplicateIndexes)
    report.duplicates += known.size
    report.imported += calls.length - known.size
    report.steps += calls.filter(({ isStep }, index) => isStep && !known.has(index)).length
  }
  if (events.length > 0) await ingest.submitEvents(events)
  return feedback
}

function copyOf(report: CallImportReport): CallImportReport {
  return { ...report, problems: [...report.problems] }
}

function previewOf(call: NewCall): CallImportPreview {
  const { requestId, app, operation, status, isStep, startedAt, durationUs, totalTokens } = call
  return {
    requestId,
    app: app === PREVIEW_APP ? '' : app,
    model: call.model ?? call.requestModel,
    operation,
    status,
    isStep,
    startedAt,
    durationMs: durationUs === null ? null : durationUs / 1_000,
    totalTokens,
  }
}

function failureOf(error: unknown): Extract<CallImportStep, { type: 'failed' }>['reason'] {
  if (error instanceof JobFailure) {
    const code = error.systemCode ?? ''
    if (code.startsWith('Z_')) return 'damaged'
    return ['ENOENT', 'EACCES', 'EPERM', 'EISDIR', 'EIO'].includes(code) ? 'unreadable' : 'other'
  }
  return error instanceof ConsoleError && error.code === 'store-full' ? 'disk-full' : 'other'
}
