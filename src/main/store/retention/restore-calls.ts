import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import type { CallFollower } from '../call-follower.ts'
import type { CallRollup } from '../call-rollup.ts'
import type { CallInserter } from '../insert-calls.ts'
import type { RequestIds } from '../request-ids.ts'
import type { Schema } from '../schema.ts'
import type { TextIndex } from '../text-index/text-index.ts'
import type { FeedbackWriter } from '../write-feedback.ts'
import type { ArchivedCall } from './archived-call.ts'
import type { GoneCalls } from './gone-calls.ts'
import type { FeedbackRestorer } from './restore-feedback.ts'

export interface Restored {
  /** Calls and steps that were missing. */
  restored: number
  /** Calls that were there without their texts, and have them again. */
  filled: number
  /** Calls that were there. */
  skipped: number
  feedback: number
}

interface Parts {
  rollup: CallRollup
  follower: CallFollower
  gone: GoneCalls
  inserter: CallInserter
  feedback: FeedbackWriter
  feedbackRestorer: FeedbackRestorer
  requestIds: RequestIds
  textIndex: TextIndex
}

/**
 * Puts calls back that an archive holds. What is there is left alone, so that it may be done twice. What statistics hold
 * already (`GoneCalls`) is not counted again; anything else, of another database, is counted as if it came in. Of the
 * writer thread only.
 */
export class CallRestorer {
  readonly #parts: Parts
  readonly #restore: SqliteDatabase.Transaction<(calls: readonly ArchivedCall[]) => Restored>

  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>, parts: Parts) {
    this.#parts = parts
    const { rollup, follower, gone, inserter, feedback, feedbackRestorer, textIndex } = parts
    const statements = prepareStatements(sqlite, kysely)
    const putEvents = ({ traceId, spanId, events }: ArchivedCall): void => {
      if (traceId === null || spanId === null) return
      for (const { digest, timeNs, name, attributes } of events)
        statements.insertEvent.run(traceId, spanId, digest, timeNs, name, attributes)
    }
    /** @returns whether the call had lost its texts, and has them again. */
    const fill = (id: number, call: ArchivedCall): boolean => {
      const { prompt, response } = call
      if (prompt === null && response === null) return false
      if (!statements.findBody.get(id)) {
        inserter.insertBodyOf(id, call)
        return true
      }
      const texts = [prompt?.text, prompt?.format, response?.text, response?.format] as const
      const [text, format, answer, answerFormat] = texts.map((value) => value ?? null)
      return statements.fill.run(text, format, answer, answerFormat, id).changes > 0
    }
    this.#restore = sqlite.transaction((calls) => {
      const filled: number[] = []
      const done: Restored = { restored: 0, filled: 0, skipped: 0, feedback: 0 }
      for (const call of calls) {
        const id = inserter.insertStored(call, call.usageBelow)
        if (id === null) {
          const stored = inserter.idOf(call.requestId)
          const isFilled = stored !== null && fill(stored, call)
          if (isFilled) {
            putEvents(call)
            filled.push(stored)
          }
          done[isFilled ? 'filled' : 'skipped'] += 1
          continue
        }
        const isCounted = gone.remove(call, call.isStep)
        if (!call.isStep) {
          if (!isCounted) rollup.add(call)
          follower.restore({ ...call, id }, isCounted)
        }
        putEvents(call)
        feedback.link(call, id)
        done.feedback += feedbackRestorer.restore(call, id, call.feedback)
        done.restored += 1
      }
      textIndex.filled(filled)
      rollup.flush()
      follower.flush()
      follower.advance()
      gone.flush()
      return done
    })
  }

  /** Restores calls, all or none, once all that are stored are followed. */
  restore(calls: readonly ArchivedCall[]): Restored {
    this.#parts.follower.catchUpFully()
    try {
      const done = this.#restore.immediate(calls)
      this.#parts.feedback.committed()
      return done
    } catch (error) {
      this.#parts.rollup.discard()
      this.#parts.follower.discard()
      this.#parts.gone.discard()
      this.#parts.requestIds.discard()
      this.#parts.feedback.discard()
      throw error
    }
  }
}

function prepareStatements(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  // By the primary keys.
  const fillBody = kysely
    .updateTable('app_log_body')
    .set({ prompt: '', prompt_format: 'text', response: '', response_format: 'text' })
    .where('app_log_id', '=', 0)
    .where('prompt', 'is', null)
    .where('response', 'is', null)
  const insertEvent = kysely
    .insertInto('span_event')
    .values({ trace_id: '', span_id: '', digest: '', time_ns: '', name: '', attributes: '' })
    .onConflict((conflict) => conflict.doNothing())
  return {
    findBody: sqlite.prepare<[number]>(
      kysely.selectFrom('app_log_body').select('app_log_id').where('app_log_id', '=', 0).compile().sql,
    ),
    fill: sqlite.prepare(fillBody.compile().sql),
    insertEvent: sqlite.prepare<[string, string, string, string, string, string]>(insertEvent.compile().sql),
  }
}
