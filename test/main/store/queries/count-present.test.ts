import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openForWriting } from '../../../../src/main/store/database.ts'
import { migrateToLatest } from '../../../../src/main/store/migrations/index.ts'
import { countPresent } from '../../../../src/main/store/queries/count-present.ts'
import { DAY_MS, HOUR_MS } from '../../../../src/main/store/rollup-levels.ts'
import { createWriters } from '../../../../src/main/store/writers.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'
import { makeCall } from '../make-call.ts'

/** More than the numbers of one byte, and of two. */
const SESSIONS = 20_000
const DAYS = 3

test('distinct sessions and users of days, of label sets and of both, with numbers of any length', async () => {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  onTestFinished(() => void database.sqlite.close())
  await migrateToLatest(database)
  const { inserter, follower } = createWriters(database)
  const calls = Array.from({ length: SESSIONS * 2 }, (_, index) => ({
    app: `app-${index % 3}`,
    // Each session comes twice, by another app.
    sessionId: `session-${index % SESSIONS}`,
    userId: `user-${index % 700}`,
    startedAt: (index % (DAYS * 24)) * HOUR_MS,
  }))
  inserter.insert([calls.map((call, index) => makeCall({ ...call, requestId: `r-${index}` }))])
  follower.catchUpFully()

  for (const [from, to] of [
    [0, DAYS * DAY_MS],
    [DAY_MS, 2 * DAY_MS],
    [5 * HOUR_MS, 31 * HOUR_MS],
  ] as const) {
    for (const app of [undefined, 'app-1']) {
      const matching = calls.filter(
        (call) => call.startedAt >= from && call.startedAt < to && (app === undefined || call.app === app),
      )
      expect(countPresent(database, { from, to, labels: { app } }, 0)).toEqual({
        users: new Set(matching.map(({ userId }) => userId)).size,
        sessions: new Set(matching.map(({ sessionId }) => sessionId)).size,
      })
    }
  }
})
