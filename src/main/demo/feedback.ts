import type { AppLogInput } from '#shared/contract/app-logs.ts'
import type { FeedbackInput } from '#shared/contract/feedback.ts'
import type { Audience, Language, Topic } from './feedback-texts.ts'
import { COMMENTS, NOTES } from './feedback-texts.ts'
import type { Random } from './random.ts'
import { createRandom } from './random.ts'

/** A judgement of a demo's call, and what becomes of it. */
export interface DemoFeedback {
  input: FeedbackInput & { id: string }
  /** epoch ms */
  givenAt: number
  /** Absent: nobody has dealt with it. */
  resolution?: { at: number; note: string }
}

/** How many of an app's calls are judged, and by whom. Apps without people before them are not. */
const JUDGES: Record<string, { share: number; audience: Audience }> = {
  'support-agent': { share: 0.06, audience: 'customer' },
  'checkout-bot': { share: 0.05, audience: 'customer' },
  'case-writer': { share: 0.1, audience: 'colleague' },
  'code-review': { share: 0.08, audience: 'colleague' },
  'report-translator': { share: 0.06, audience: 'colleague' },
}
/** Who got an error says so more often. */
const ERROR_SHARE = 0.12
/** Of what colleagues would judge, a program judges some. */
const PROGRAM_SHARE = 0.15
/** An answer that took longer is felt to be slow. */
const SLOW_MS = 20_000

interface Weighted {
  rating: number
  weight: number
}
const RATINGS: readonly [Weighted, ...Weighted[]] = [
  { rating: 5, weight: 48 },
  { rating: 4, weight: 28 },
  { rating: 3, weight: 11 },
  { rating: 2, weight: 7 },
  { rating: 1, weight: 6 },
]

const MINUTE_MS = 60_000
const MEDIAN_DELAY_MS = 2 * MINUTE_MS
const MEDIAN_RESOLUTION_MS = 9 * 60 * MINUTE_MS
const RESOLVED_SHARE = 0.65

/** @returns what somebody thinks of a call, for a few of them; the same for the same call. */
export function feedbackOn(call: AppLogInput): DemoFeedback | undefined {
  const { requestId = '', startedAt, durationMs = 0, errorType } = call
  const judge = JUDGES[call.app]
  const random = createRandom(hashOf(requestId))
  if (!judge || random.next() >= (errorType === undefined ? judge.share : ERROR_SHARE)) return undefined
  const { topic, rating } = opinionOn(call, random)
  const language = languageOf(call)
  const { type, comment } = random.pick(COMMENTS[topic][judge.audience][language])
  const givenAt = Number(startedAt) + Math.ceil(durationMs + random.logNormal(MEDIAN_DELAY_MS, 1.1))
  const isResolved = rating <= 2 && random.next() < RESOLVED_SHARE
  const resolvedAt = givenAt + Math.round(random.logNormal(MEDIAN_RESOLUTION_MS, 0.8))
  const input = {
    id: `${requestId}-feedback`,
    requestId,
    rating,
    type,
    ...judgeOf(call, judge.audience, random),
  }
  const isSilent = input.source === 'program' || random.next() < (rating >= 4 ? 0.6 : 0.25)
  return {
    input: isSilent ? input : { ...input, comment },
    givenAt,
    ...(isResolved ? { resolution: { at: resolvedAt, note: random.pick(NOTES[topic][language]) } } : {}),
  }
}

function opinionOn(
  { errorType, durationMs = 0 }: AppLogInput,
  random: Random,
): { topic: Topic; rating: number } {
  if (errorType !== undefined) return { topic: 'error', rating: random.integer(1, 2) }
  if (durationMs > SLOW_MS) return { topic: 'slow', rating: random.integer(1, 3) }
  const { rating } = random.weighted(RATINGS)
  return { topic: rating >= 4 ? 'good' : rating === 3 ? 'middling' : 'bad', rating }
}

function judgeOf(
  { userId }: AppLogInput,
  audience: Audience,
  random: Random,
): Pick<FeedbackInput, 'source' | 'userId' | 'tags'> {
  if (audience === 'customer') return { source: 'end-user', ...(userId === undefined ? {} : { userId }) }
  if (random.next() < PROGRAM_SHARE) return { source: 'program', tags: ['llm-as-judge'] }
  return { source: 'reviewer', userId: random.pick(REVIEWERS) }
}

/** That of what was asked: a Chinese product may be in an English question. */
function languageOf({ prompt }: AppLogInput): Language {
  const asked = JSON.stringify(Array.isArray(prompt) ? prompt.at(-1) : prompt)
  return (asked.match(/\p{Script=Han}/gu)?.length ?? 0) > LONGEST_CHINESE_NAMES ? 'zh' : 'en'
}

/** A city's and a product's, together. */
const LONGEST_CHINESE_NAMES = 7

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}

const REVIEWERS: readonly [string, ...string[]] = ['李雯', '周明', 'maria', 'tom']
