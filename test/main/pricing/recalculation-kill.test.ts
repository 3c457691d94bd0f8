import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import SqliteDatabase from 'better-sqlite3'
import { expect, test } from 'vitest'
import type { OpenDatabase } from '../../../src/main/store/database.ts'
import { openForWriting } from '../../../src/main/store/database.ts'
import { createWriters } from '../../../src/main/store/writers.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { sendTo } from '../../start-console.ts'
import type { HeadlessProcess } from '../start-headless.ts'
import { startHeadless } from '../start-headless.ts'

const HOUR = 3_600_000
const START = Date.UTC(2026, 10, 20)
const CALLS = 9_000
/** Of how many calls a cost is to be seen before the process is killed. */
const KILL_AT = [1, 2_500, 6_000]

const callOf = (prefix: string) => (_: unknown, index: number) => ({
  requestId: `${prefix}-${index}`,
  app: index % 3 === 0 ? 'shop' : '客服',
  userId: index % 5 === 0 ? `u-${index % 7}` : undefined,
  model: index % 4 === 0 ? 'house-large' : 'house-small',
  startedAt: START + (index % 60) * HOUR,
  durationMs: index % 900,
  inputTokens: 1_000 + index,
  outputTokens: index % 100,
  ...(index % 50 === 0 ? { cost: { amount: 1, currency: 'USD' } } : {}),
})
const stored = Array.from({ length: CALLS }, callOf('stored'))
/** Sent while the others are recalculated, and again later: what was not answered may not be there. */
const later = Array.from({ length: 500 }, callOf('later'))

const open = (dataDir: string) => startHeadless({ args: ['--port', '0', '--data-dir', dataDir] })

async function send({ ready }: HeadlessProcess, method: string, path: string, body: unknown) {
  const { url, token } = await ready
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const answer = await sendTo(url, { method, path, body, headers })
  expect(answer.status).toBeLessThan(300)
  return answer.body
}
const recalculate = (running: HeadlessProcess) =>
  send(running, 'POST', '/v1/model-cost-configs/recalculate', { from: START, to: START + 100 * HOUR })

async function end({ child, ended }: HeadlessProcess, signal: 'SIGTERM' | 'SIGKILL') {
  child.kill(signal)
  return ended
}

/** What calls cost and all that is counted from it, by names, as the numbers in the tables depend on the order of events. */
function contentOf({ sqlite }: OpenDatabase) {
  const labels = 'app, app_type, provider, model, environment, error_type'
  const sums = 'requests, unpriced_requests, cost_nanos, input_tokens, duration_us, quote(duration_histogram)'
  const all = (text: string) => sqlite.prepare(text).raw().all()
  return {
    calls: all(
      `select request_id, cost_nanos, cost_source, config_id from app_log
        left join cost_config_ref on key = cost_config_key order by request_id`,
    ),
    rollups: all(
      `select level, bucket_start, ${labels}, ${sums} from call_rollup
        left join label_set on id = label_set_id order by 1, 2, 3, 4, 5, 6, 7, 8`,
    ),
    users: all(
      `select day_start, name, ${labels}, ${sums} from user_rollup_day
        join user on user.id = user_key join label_set on label_set.id = label_set_id
        order by 1, 2, 3, 4, 5, 6, 7, 8`,
    ),
  }
}

/**
 * Looks into a data folder that nobody uses.
 *
 * @param isRebuilt whether the rollups are made anew to see that they are what the calls make of them.
 */
function inspect(dataDir: string, isRebuilt: boolean) {
  const database = openForWriting({ file: join(dataDir, 'llmops.sqlite') })
  try {
    expect(database.sqlite.pragma('integrity_check', { simple: true })).toBe('ok')
    const { rebuilder, follower } = createWriters(database)
    while (follower.catchUp(10_000) > 0);
    const kept = contentOf(database)
    if (!isRebuilt) return kept
    rebuilder.rebuildAll()
    follower.clear()
    while (follower.catchUp(10_000) > 0);
    expect(contentOf(database)).toEqual(kept)
    return kept
  } finally {
    database.sqlite.close()
  }
}

test(
  'killed at any point, a recalculation leaves rollups that fit the calls, and run again has the result of one that was not',
  { timeout: 300_000 },
  async () => {
    const origin = temporaryFolder()
    const first = open(origin)
    for (let index = 0; index < CALLS; index += 3_000)
      await send(first, 'POST', '/v1/app-logs', stored.slice(index, index + 3_000))
    for (const [model, inputPerMillion] of [
      ['house-large', 30],
      ['house-small', 0.7],
    ])
      await send(first, 'POST', '/v1/model-cost-configs', { model, inputPerMillion, outputPerMillion: 90 })
    await end(first, 'SIGTERM')
    const copy = () => {
      const folder = temporaryFolder()
      cpSync(origin, folder, { recursive: true })
      return folder
    }

    const whole = copy()
    const uninterrupted = open(whole)
    await Promise.all([recalculate(uninterrupted), send(uninterrupted, 'POST', '/v1/app-logs', later)])
    await recalculate(uninterrupted)
    await end(uninterrupted, 'SIGTERM')
    const expected = inspect(whole, true)
    expect(expected.calls.filter((row) => (row as unknown[])[1] === null)).toEqual([])

    const changedWhenKilled: number[] = []
    for (const wanted of KILL_AT) {
      const dataDir = copy()
      const killed = open(dataDir)
      await killed.ready
      const reader = new SqliteDatabase(join(dataDir, 'llmops.sqlite'), { readonly: true })
      const changed = reader
        .prepare<[], number>(
          `select count(*) from app_log where cost_source = 'computed' and request_id like 'stored-%'`,
        )
        .pluck()
      // Their connections break with the process.
      const running = [recalculate(killed), send(killed, 'POST', '/v1/app-logs', later)]
      const settled = Promise.allSettled(running)
      while ((changed.get() ?? 0) < wanted) await sleep(3)
      await end(killed, 'SIGKILL')
      await settled
      reader.close()
      const { calls } = inspect(dataDir, true)
      changedWhenKilled.push(calls.filter((row) => (row as unknown[])[2] === 'computed').length)

      const again = open(dataDir)
      await send(again, 'POST', '/v1/app-logs', later)
      await recalculate(again)
      await end(again, 'SIGTERM')
      expect(inspect(dataDir, false)).toEqual(expected)
    }
    // At least one was in the middle.
    expect(Math.min(...changedWhenKilled)).toBeLessThan(CALLS * 0.9)
  },
)
