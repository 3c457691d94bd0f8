import { readBudgets } from '../budget.ts'
import { readCosts } from '../cost-config.ts'
import type { OpenDatabase } from '../database.ts'
import { archiveBlock } from './archive-block.ts'
import { analyseFeedback } from './analyse-feedback.ts'
import { commentWords } from './comment-words.ts'
import { callOwners } from './call-owners.ts'
import { countPresent } from './count-present.ts'
import { countUser } from './count-user.ts'
import { expiringCalls, expiringDays } from './expiring-calls.ts'
import { feedbackStatistics } from './feedback-statistics.ts'
import {
  alertRecordsById,
  channelsThatSaw,
  countAlertRecords,
  getAlertRecord,
  listAlertRecords,
  recordPoints,
} from './list-alert-records.ts'
import { dueDeliveries, getDelivery } from './due-deliveries.ts'
import { getCall } from './get-call.ts'
import { listCalls } from './list-calls.ts'
import { getFeedback, listFeedback } from './list-feedback.ts'
import { listUpstreams } from './list-upstreams.ts'
import { matchSnippets } from './match-snippets.ts'
import { namedUsers } from './named-users.ts'
import { nextIndexStep } from './next-index-step.ts'
import { packGroups } from './packed-groups.ts'
import { outdatedSegments } from './outdated-segments.ts'
import { priceableCalls } from './priceable-calls.ts'
import { readAlerts } from './read-alerts.ts'
import { readChannels } from './read-channels.ts'
import { readReviewers } from './read-reviewers.ts'
import { readForgotten } from './read-forgotten.ts'
import { readSettings } from './read-settings.ts'
import { readTrace } from './read-trace.ts'
import { expiringByApp } from './retention-preview.ts'
import { oldestKept, retentionRuns } from './retention-state.ts'
import { scanStatistics } from './scan-statistics.ts'
import { sessionNeighbours } from './session-neighbours.ts'
import { sortCalls } from './sort-calls.ts'
import { spanEvents } from './span-events.ts'
import { storeSize } from './store-size.ts'
import { sumCosts } from './sum-costs.ts'
import { textIndexState } from './text-index-state.ts'
import { topCalls } from './top-calls.ts'
import { unpricedCalls } from './unpriced-calls.ts'
import { sampleCalls } from './sample-calls.ts'
import { userCalls } from './user-calls.ts'

/** Every question a reader thread answers, each in a file of its own. */
export function queries(database: OpenDatabase) {
  const { kysely, sqlite } = database
  return {
    analyseFeedback: (input: Parameters<typeof analyseFeedback>[1]) => analyseFeedback(database, input),
    commentWords: (input: Parameters<typeof commentWords>[1]) => commentWords(database, input),
    alertRecordsById: (input: Parameters<typeof alertRecordsById>[1]) => alertRecordsById(kysely, input),
    archiveBlock: (input: Parameters<typeof archiveBlock>[1]) => archiveBlock(database, input),
    callOwners: (input: Parameters<typeof callOwners>[1]) => callOwners(kysely, input),
    channelsThatSaw: (input: Parameters<typeof channelsThatSaw>[1]) => channelsThatSaw(kysely, input),
    countAlertRecords: (_input: null) => countAlertRecords(kysely),
    countPresent: (input: Parameters<typeof countPresent>[1]) => countPresent(database, input),
    expiringByApp: (input: Parameters<typeof expiringByApp>[1]) => expiringByApp(database, input),
    expiringCalls: (input: Parameters<typeof expiringCalls>[1]) => expiringCalls(database, input),
    expiringDays: (input: Parameters<typeof expiringDays>[1]) => expiringDays(database, input),
    oldestKept: (input: Parameters<typeof oldestKept>[1]) => oldestKept(kysely, input),
    retentionRuns: (input: Parameters<typeof retentionRuns>[1]) => retentionRuns(kysely, input),
    countUser: (input: Parameters<typeof countUser>[1]) => countUser(kysely, input),
    dueDeliveries: (input: Parameters<typeof dueDeliveries>[1]) => dueDeliveries(kysely, input),
    getAlertRecord: (input: Parameters<typeof getAlertRecord>[1]) => getAlertRecord(kysely, input),
    feedbackStatistics: (input: Parameters<typeof feedbackStatistics>[1]) =>
      feedbackStatistics(database, input),
    getCall: (input: Parameters<typeof getCall>[1]) => getCall(database, input),
    getFeedback: (input: Parameters<typeof getFeedback>[1]) => getFeedback(kysely, input),
    getDelivery: (input: Parameters<typeof getDelivery>[1]) => getDelivery(kysely, input),
    listAlertRecords: (input: Parameters<typeof listAlertRecords>[1]) => listAlertRecords(kysely, input),
    listCalls: (input: Parameters<typeof listCalls>[1]) => listCalls(database, input),
    listFeedback: (input: Parameters<typeof listFeedback>[1]) => listFeedback(kysely, input),
    listUpstreams: (_input: null) => listUpstreams(kysely),
    matchSnippets: (input: Parameters<typeof matchSnippets>[1]) => matchSnippets(database, input),
    namedUsers: (_input: null) => namedUsers(kysely),
    nextIndexStep: (_input: null) => nextIndexStep(database),
    priceableCalls: (input: Parameters<typeof priceableCalls>[1]) => priceableCalls(kysely, input),
    readBudgets: (_input: null) => readBudgets(kysely),
    readAlerts: (_input: null) => readAlerts(kysely),
    readChannels: (_input: null) => readChannels(kysely),
    readCosts: (_input: null) => readCosts(kysely),
    readReviewers: (_input: null) => readReviewers(kysely),
    readForgotten: (_input: null) => readForgotten(kysely),
    readSettings: (_input: null) => readSettings(kysely),
    readTrace: (input: Parameters<typeof readTrace>[1]) => readTrace(kysely, input),
    recordPoints: (input: Parameters<typeof recordPoints>[1]) => recordPoints(kysely, input),
    scanStatistics: (input: Parameters<typeof scanStatistics>[1]) =>
      packGroups(scanStatistics(database, input)),
    sessionNeighbours: (input: Parameters<typeof sessionNeighbours>[1]) => sessionNeighbours(database, input),
    sortCalls: (input: Parameters<typeof sortCalls>[1]) => sortCalls(database, input),
    spanEvents: (input: Parameters<typeof spanEvents>[1]) => spanEvents(kysely, input),
    storeSize: (_input: null) => storeSize(kysely, sqlite),
    sumCosts: (input: Parameters<typeof sumCosts>[1]) => sumCosts(database, input),
    textIndexState: (_input: null) => textIndexState(database),
    outdatedSegments: (_input: null) => outdatedSegments(database),
    topCalls: (input: Parameters<typeof topCalls>[1]) => topCalls(database, input),
    unpricedCalls: (input: Parameters<typeof unpricedCalls>[1]) => unpricedCalls(database, input),
    sampleCalls: (input: Parameters<typeof sampleCalls>[1]) => sampleCalls(kysely, input),
    userCalls: (input: Parameters<typeof userCalls>[1]) => userCalls(kysely, input),
  }
}

export type Queries = ReturnType<typeof queries>
