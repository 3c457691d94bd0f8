import type { Feedback } from '#shared/contract/feedback.ts'
import { LIMITS } from '#shared/limits.ts'

/** What a reviewer is writing of a call. */
export interface OwnDraft {
  /** Made with the draft: sent twice it is stored once. */
  id: string
  /** 0: none chosen yet. */
  rating: number
  comment: string
  type: NonNullable<Feedback['type']> | ''
  /** Separated by commas, of either kind. */
  tags: string
  /** Who writes. */
  name: string
}

const NAME_KEY = 'feedback.reviewer'

export function newDraft(id: string): OwnDraft {
  const name = localStorage.getItem(NAME_KEY) ?? ''
  return { id, rating: 0, comment: '', type: '', tags: '', name }
}

/** Keeps who writes from one time to the next. */
export function rememberName(name: string): void {
  localStorage.setItem(NAME_KEY, name)
}

export function draftOf({ id, rating, comment, type, tags, userId }: Feedback): OwnDraft {
  return { id, rating, comment: comment ?? '', type: type ?? '', tags: tags.join(', '), name: userId ?? '' }
}

export function tagsOf(text: string): string[] {
  const tags = text.split(/[,，、]/).map((tag) => tag.trim())
  return [...new Set(tags)].filter((tag) => tag !== '')
}

/** @returns the key of the message that says what is wrong, and its limit; undefined: nothing. */
export function problemOf({ rating, tags }: OwnDraft): { key: string; count: number } | undefined {
  if (rating === 0) return { key: 'feedback.own.needsRating', count: 5 }
  const all = tagsOf(tags)
  if (all.length > LIMITS.tagsPerCall) return { key: 'feedback.own.tooManyTags', count: LIMITS.tagsPerCall }
  if (all.some((tag) => tag.length > LIMITS.nameLength))
    return { key: 'feedback.own.tagTooLong', count: LIMITS.nameLength }
  return undefined
}

/** As the contract has it; what is empty is not said. */
export function fieldsOf({ rating, comment, type, tags, name }: OwnDraft) {
  const said = comment.trim()
  const userId = name.trim()
  return {
    rating,
    tags: tagsOf(tags),
    ...(said === '' ? {} : { comment: said }),
    ...(type === '' ? {} : { type }),
    ...(userId === '' ? {} : { userId }),
  }
}

/** What will be there when it is stored. */
export function optimistic(draft: OwnDraft, requestId: string, before: Feedback | undefined): Feedback {
  const { rating, tags, comment = null, type = null, userId = null } = fieldsOf(draft)
  return {
    logId: null,
    createdAt: Date.now(),
    state: 'open',
    resolvedAt: null,
    note: null,
    assignee: null,
    call: null,
    ...before,
    id: draft.id,
    requestId,
    rating,
    tags,
    comment,
    type,
    userId,
    source: 'reviewer',
    isOwn: true,
  }
}
