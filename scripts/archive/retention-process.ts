/**
 * Archives, or restores, what a data folder holds, and is killed at a step if one is given. For `check-archive.ts` and for
 * tests: what must not be lost by a kill has to be done by a process of its own.
 *
 *   node scripts/archive/retention-process.ts <folder> <now, epoch ms> archive|restore [kill at step]
 */
import { openRetention } from '../../src/main/retention/index.ts'
import { openStore } from '../../src/main/store/store.ts'
import { DEFAULT_RETENTION } from '../../src/shared/contract/retention.ts'

const [dataDir = '', nowText = '', work = 'archive', killAt = '0'] = process.argv.slice(2)
const now = Number(nowText)
let steps = 0

/** Ends the process as a power cut would. */
function step(): void {
  steps += 1
  if (steps === Number(killAt)) process.kill(process.pid, 'SIGKILL')
}

const store = await openStore({ dataDir })
const keeper = await openRetention({
  store,
  dataDir,
  retention: () => ({ ...DEFAULT_RETENTION, isNightly: false }),
  versions: { app: 'check', schema: 'check' },
  clock: {
    now: () => now,
    monotonic: () => performance.now(),
    after(ms, run) {
      const timer = setTimeout(run, ms)
      return () => clearTimeout(timer)
    },
  },
  log: { info: () => undefined, warn: console.warn, error: console.error },
  onStep: step,
})
if (work === 'archive') {
  // What was restored by an earlier process is not waited for.
  await keeper.confirmClock()
  await keeper.run()
  for await (const { progress, lastRun } of keeper.follow(undefined)) {
    if (progress !== null) continue
    if (lastRun?.state !== 'done') console.error(JSON.stringify(lastRun))
    break
  }
} else {
  for await (const _step of keeper.archives.restore({ fromDay: '0000-01-01', toDay: '9999-12-31' })) step()
}
await keeper.close()
await store.close()
