import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openForWriting } from '../../../../src/main/store/database.ts'
import { migrateToLatest } from '../../../../src/main/store/migrations/index.ts'
import { unpricedCalls } from '../../../../src/main/store/queries/unpriced-calls.ts'
import { createWriters } from '../../../../src/main/store/writers.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'
import { randomCalls } from '../make-call.ts'

const HOUR = 3_600_000
const START = Date.UTC(2026, 10, 1)

test('calls without a cost are counted by model and provider, wherever the range is cut', async () => {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  onTestFinished(() => void database.sqlite.close())
  await migrateToLatest(database)
  const { inserter } = createWriters(database)
  const calls = randomCalls({ count: 2_000, seed: 4, from: START, spanMs: 72 * HOUR })
  inserter.insert([calls])
  for (const [from, to] of [
    [0, 72 * HOUR],
    [1, 50 * HOUR + 123_456],
    [5 * HOUR, 6 * HOUR],
    [100 * HOUR, 101 * HOUR],
  ] as const) {
    const range = { from: START + from, to: START + to }
    const unpriced = calls.filter(
      ({ startedAt, costNanos }) => startedAt >= range.from && startedAt < range.to && costNanos === null,
    )
    const expected = Map.groupBy(unpriced, ({ model, requestModel, provider }) =>
      JSON.stringify([provider ?? '', model ?? requestModel ?? '']),
    )
    const answer = unpricedCalls(database, range)
    expect(
      new Map(answer.map(({ provider, model, calls: count }) => [JSON.stringify([provider, model]), count])),
    ).toEqual(new Map([...expected].map(([key, ofKey]) => [key, ofKey.length])))
    expect(answer.map(({ calls: count }) => count)).toEqual(
      answer.map(({ calls: count }) => count).sort((a, b) => b - a),
    )
  }
})
