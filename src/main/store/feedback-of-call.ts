import type SqliteDatabase from 'better-sqlite3'
import type { OpenDatabase } from './database.ts'
import type { FeedbackRow } from './retention/restore-feedback.ts'

/** Finds what was said of a call, by its id, the oldest first. By feedback_call. */
export function feedbackOfCall({
  sqlite,
  kysely,
}: OpenDatabase): SqliteDatabase.Statement<[number], FeedbackRow> {
  const feedback = kysely
    .selectFrom('feedback')
    .select([
      'id',
      'rating',
      'comment',
      'type',
      'tags',
      'user_id as userId',
      'source',
      'created_at as createdAt',
      'state',
      'resolved_at as resolvedAt',
      'note',
      'assignee',
      'is_own as isOwn',
    ])
    .where('app_log_id', '=', 0)
    .orderBy('created_at')
  return sqlite.prepare<[number], FeedbackRow>(feedback.compile().sql)
}
