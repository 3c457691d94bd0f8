import { LIMITS } from '#shared/limits.ts'
import { AlertWriter } from './alerts/write-alerts.ts'
import { CallFollower } from './call-follower.ts'
import { CallRollup } from './call-rollup.ts'
import type { OpenDatabase } from './database.ts'
import { CostConfigRefs } from './cost-config-refs.ts'
import { CallDeleter } from './delete-calls.ts'
import { FeedbackRollup } from './feedback-rollup.ts'
import { CallInserter } from './insert-calls.ts'
import { LabelSets } from './label-sets.ts'
import { RollupRebuilder } from './rebuild-rollups.ts'
import { RequestIds } from './request-ids.ts'
import { CallRepricer } from './reprice-calls.ts'
import { TextIndex } from './text-index/text-index.ts'
import { CallExpirer } from './retention/expire-calls.ts'
import { CallRestorer } from './retention/restore-calls.ts'
import { FeedbackRestorer } from './retention/restore-feedback.ts'
import { GoneCalls } from './retention/gone-calls.ts'
import { RetentionBook } from './retention/retention-book.ts'
import { FeedbackTriage } from './triage-feedback.ts'
import { SampleRemover } from './sample/sample-remover.ts'
import { Forgetter } from './privacy/forgetter.ts'
import { FeedbackWriter } from './write-feedback.ts'

/** What writes calls and all that follows from them. Label sets are known to all of them alike. */
export function createWriters(
  { sqlite, kysely }: OpenDatabase,
  limits: Partial<Record<'waitingRequestIds' | 'topCalls', number>> = {},
) {
  const { waitingRequestIds, topCalls } = { ...LIMITS, ...limits }
  const labelSets = new LabelSets(sqlite, kysely)
  const gone = new GoneCalls(sqlite, kysely)
  const rollup = new CallRollup(sqlite, kysely, { labelSets, grains: ['labelSet', 'all'] })
  const follower = new CallFollower(sqlite, kysely, { labelSets, gone, topCallsKept: topCalls })
  const refs = new CostConfigRefs(sqlite, kysely)
  const textIndex = new TextIndex(sqlite, kysely)
  const feedbackRollup = new FeedbackRollup(sqlite, kysely)
  const requestIds = new RequestIds(sqlite, kysely)
  const feedback = new FeedbackWriter(sqlite, kysely, {
    labelSets,
    feedbackRollup,
    requestIds,
    waitingRequestIds,
  })
  const inserter = new CallInserter(sqlite, kysely, { rollup, follower, refs, feedback, requestIds, gone })
  const deleter = new CallDeleter(sqlite, kysely, { rollup, follower, requestIds, textIndex })
  return {
    alerts: new AlertWriter(sqlite, kysely),
    follower,
    feedback,
    inserter,
    repricer: new CallRepricer(sqlite, kysely, { rollup, follower, refs }),
    triage: new FeedbackTriage(sqlite, kysely, { feedbackRollup }),
    deleter,
    forgetter: new Forgetter(sqlite, kysely, { deleter, feedbackRollup }),
    sampleRemover: new SampleRemover(sqlite, kysely, feedbackRollup),
    textIndex,
    rebuilder: new RollupRebuilder(sqlite, kysely, { rollup, feedbackRollup, gone }),
    expirer: new CallExpirer(sqlite, kysely, { rollup, follower, gone, requestIds, textIndex }),
    restorer: new CallRestorer(sqlite, kysely, {
      rollup,
      follower,
      gone,
      inserter,
      feedback,
      requestIds,
      textIndex,
      feedbackRestorer: new FeedbackRestorer(sqlite, kysely, { labelSets, feedbackRollup }),
    }),
    retentionBook: new RetentionBook(sqlite, kysely, gone),
  }
}

export type Writers = ReturnType<typeof createWriters>
