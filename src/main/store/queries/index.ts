import type { OpenDatabase } from '../database.ts'
import { getCall } from './get-call.ts'
import { listCalls } from './list-calls.ts'
import { readSettings } from './read-settings.ts'
import { scanStatistics } from './scan-statistics.ts'
import { storeSize } from './store-size.ts'

/** Every question a reader thread answers, each in a file of its own. */
export function queries({ kysely, sqlite }: OpenDatabase) {
  return {
    getCall: (input: Parameters<typeof getCall>[1]) => getCall(kysely, input),
    listCalls: (input: Parameters<typeof listCalls>[1]) => listCalls(kysely, input),
    readSettings: (_input: null) => readSettings(kysely),
    scanStatistics: (input: Parameters<typeof scanStatistics>[1]) => scanStatistics(kysely, input),
    storeSize: (_input: null) => storeSize(kysely, sqlite),
  }
}

export type Queries = ReturnType<typeof queries>
