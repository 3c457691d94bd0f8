import { onTestFinished } from 'vitest'
import type { Retention } from '#shared/contract/retention.ts'
import { DEFAULT_RETENTION } from '#shared/contract/retention.ts'
import type { RetentionKeeper } from '../../../src/main/retention/index.ts'
import { openRetention } from '../../../src/main/retention/index.ts'
import { unpackGroups } from '../../../src/main/store/queries/packed-groups.ts'
import type { Store } from '../../../src/main/store/store.ts'
import { openStore } from '../../../src/main/store/store.ts'
import { recordingLog } from '../../start-console.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { HandClock } from './hand-clock.ts'

export const DAY = 24 * 3_600_000
/** Noon. */
export const NOW = Date.UTC(2026, 5, 30, 12)

export interface RetentionTest {
  store: Store
  keeper: RetentionKeeper
  clock: HandClock
  dataDir: string
  retention: Retention
  /** Users and request ids that are to stay forgotten. */
  forgotten: Set<string>
  /** Runs once and waits for its end. */
  runOnce: () => Promise<void>
  /** How many calls there are, and what statistics say of all. */
  calls: () => Promise<string[]>
  sums: () => Promise<unknown>
}

/** A store and what retains it, on a fresh folder, at noon of a day; closed when the test ends. */
export async function openForTest(
  choices: Partial<Retention> = {},
  mayWorkInBackground?: () => boolean,
): Promise<RetentionTest> {
  const dataDir = temporaryFolder()
  const store = await openStore({ dataDir })
  const clock = new HandClock(NOW)
  const retention: Retention = { ...DEFAULT_RETENTION, isNightly: false, ...choices }
  const forgotten = new Set<string>()
  const keeper = await openRetention({
    store,
    dataDir,
    retention: () => retention,
    versions: { app: '0.0.0', schema: 'test' },
    clock,
    mayWorkInBackground,
    isForgotten: ({ requestId, userId }) => forgotten.has(requestId ?? '') || forgotten.has(userId ?? ''),
    log: recordingLog(),
  })
  onTestFinished(async () => {
    await keeper.close()
    await store.close()
  })
  return {
    store,
    keeper,
    clock,
    dataDir,
    retention,
    forgotten,
    async runOnce() {
      await keeper.run()
      await ended(keeper)
    },
    async calls() {
      const { items } = await store.ask('listCalls', { limit: 1_000 })
      return items.map(({ requestId }) => requestId).sort()
    },
    async sums() {
      const groups = await store.ask('scanStatistics', {
        from: 0,
        to: NOW + DAY,
        labels: {},
        edges: null,
        groupBy: 'app',
      })
      return unpackGroups(groups)
        .map(({ key, sums }) => ({ key, ...sums }))
        .sort((a, b) => (a.key < b.key ? -1 : 1))
    },
  }
}

/** Waits until no run is under way. */
export async function ended(keeper: RetentionKeeper): Promise<void> {
  for await (const { progress } of keeper.follow(AbortSignal.timeout(60_000))) if (progress === null) return
}
