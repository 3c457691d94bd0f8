import * as z from 'zod'
import { feedbackInputSchema, noteSchema, stateSchema } from '#shared/contract/feedback.ts'
import { instantSchema } from '#shared/contract/instant.ts'
import { isoTime } from '#shared/export/export-table.ts'
import { LIMITS } from '#shared/limits.ts'
import type { NewFeedback } from '../store/feedback.ts'
import type { FeedbackRow } from '../store/retention/restore-feedback.ts'

const recordSchema = feedbackInputSchema.extend({
  id: feedbackInputSchema.shape.id.unwrap(),
  createdAt: instantSchema,
  state: stateSchema.default('open'),
  resolvedAt: instantSchema.optional(),
  note: noteSchema.optional(),
  assignee: z.string().max(LIMITS.nameLength).optional(),
  isOwn: z.boolean().default(false),
})

/** Writes feedback as it stands in the line of its call in an exported file; what it does not have is absent. */
export function feedbackRecord(row: FeedbackRow, { withTexts }: { withTexts: boolean }) {
  return {
    id: row.id,
    rating: row.rating,
    comment: (withTexts && row.comment) || undefined,
    type: row.type ?? undefined,
    tags: row.tags === null ? undefined : (JSON.parse(row.tags) as unknown),
    userId: row.userId ?? undefined,
    source: row.source ?? undefined,
    createdAt: isoTime(row.createdAt),
    state: row.state,
    resolvedAt: row.resolvedAt === null ? undefined : isoTime(row.resolvedAt),
    note: (withTexts && row.note) || undefined,
    assignee: row.assignee ?? undefined,
    isOwn: row.isOwn === 1 || undefined,
  }
}

/** Reads feedback of an exported file. @returns undefined: it is none. */
export function readFeedbackRecord(value: unknown, requestId: string): NewFeedback | undefined {
  const parsed = recordSchema.safeParse(
    typeof value === 'object' && value !== null ? { ...value, requestId } : value,
  )
  if (!parsed.success) return undefined
  const { id, rating, comment, type, tags = [], userId, source, createdAt, isOwn } = parsed.data
  const { state, resolvedAt, note, assignee } = parsed.data
  return {
    id: id.toWellFormed(),
    requestId: requestId.toWellFormed(),
    rating,
    comment: comment?.toWellFormed() ?? null,
    type: type ?? null,
    tags: tags.map((tag) => tag.toWellFormed()),
    userId: userId?.toWellFormed() ?? null,
    source: source ?? null,
    createdAt,
    isOwn,
    triage: {
      state,
      resolvedAt: state === 'open' ? null : (resolvedAt ?? createdAt),
      note: note?.toWellFormed() ?? null,
      assignee: assignee?.toWellFormed() ?? null,
    },
  }
}
