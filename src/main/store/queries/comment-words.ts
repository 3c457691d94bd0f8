import type { CommentWords } from '#shared/contract/feedback-review.ts'
import { LIMITS } from '#shared/limits.ts'
import type { OpenDatabase } from '../database.ts'
import { countWords } from '../words/count-words.ts'
import { hasMoreThan } from './analyse-feedback.ts'
import type { FeedbackFilter } from './select-feedback.ts'
import { selectFeedback } from './select-feedback.ts'

/**
 * Counts the words of the newest comments that match.
 *
 * @param scanLimit how much feedback is looked through.
 */
export function commentWords(
  { sqlite, kysely }: OpenDatabase,
  { filter }: { filter: Omit<FeedbackFilter, 'state'> },
  scanLimit: number = LIMITS.feedbackAnalysed,
): CommentWords {
  const { scanned, matches } = selectFeedback(kysely, filter)
  const query = kysely
    .selectFrom(scanned.limit(scanLimit).as('feedback'))
    // By the primary key.
    .leftJoin('label_set', 'label_set.id', 'feedback.label_set_id')
    .select((eb) => [
      'feedback.rating',
      eb
        .fn<string>('substr', ['feedback.comment', eb.lit(1), eb.lit(LIMITS.commentCountedLength)])
        .as('text'),
    ])
    .where(matches)
    .where('feedback.comment', 'is not', null)
    .orderBy('feedback.created_at', 'desc')
    .orderBy('feedback.seq', 'desc')
    // One more tells whether there are more.
    .limit(LIMITS.commentsCounted + 1)
    .compile()
  const rows = sqlite
    .prepare<unknown[], { rating: number; text: string }>(query.sql)
    .iterate(...query.parameters)
  const comments: { rating: number; text: string }[] = []
  let length = 0
  let isPartial = false
  for (const row of rows) {
    length += row.text.length
    if (comments.length === LIMITS.commentsCounted || length > LIMITS.commentsCountedLength) {
      isPartial = true
      break
    }
    comments.push(row)
  }
  return {
    comments: comments.length,
    isPartial: isPartial || hasMoreThan(kysely, sqlite, filter, scanLimit),
    words: countWords(comments).slice(0, LIMITS.commentWords),
  }
}
