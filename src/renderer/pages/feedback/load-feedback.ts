import type { Feedback } from '#shared/contract/feedback.ts'
import { LIMITS } from '#shared/limits.ts'
import { client } from '../../client.ts'
import type { FeedbackFilter } from './feedback-search.ts'

/** A page may be short and not the last; after so many the user is asked whether to look further. */
const PAGES_MAX = 20

export interface LoadedFeedback {
  items: Feedback[]
  /** Whether there may be more behind them. */
  hasMore: boolean
}

/** Loads the first feedback of the queue, however much has to be looked through for it. */
export async function loadFeedback(
  filter: FeedbackFilter & { state?: Feedback['state']; from: number; to: number },
  wanted: number,
  signal?: AbortSignal,
): Promise<LoadedFeedback> {
  const items: Feedback[] = []
  let cursor: string | undefined
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const limit = Math.min(LIMITS.pageSize, wanted - items.length)
    const answer = await client.feedback.list(
      { ...filter, order: 'openFirst', limit, ...(cursor === undefined ? {} : { cursor }) },
      signal === undefined ? {} : { signal },
    )
    items.push(...answer.items)
    if (answer.nextCursor === null) return { items, hasMore: false }
    if (items.length >= wanted) return { items, hasMore: true }
    cursor = answer.nextCursor
  }
  return { items, hasMore: true }
}
