/**
 * `npm run rebuild-rollups [-- --data-dir D]`: makes everything that statistics are read from anew from the calls. The
 * console that uses the data folder must be closed; in a running one the settings have a button for it.
 */
import { readStartOptions } from '../src/main/options.ts'
import { rebuildRollups } from '../src/main/monitoring/index.ts'
import { openStore } from '../src/main/store/store.ts'
import { runScript, say } from './failure.ts'

await runScript(async () => {
  const { dataDir } = readStartOptions(process.argv.slice(2), process.env, 'refused')
  const store = await openStore({ dataDir })
  try {
    for await (const { done, total } of rebuildRollups(store)) say(`${done} of ${total} days`)
  } finally {
    await store.close()
  }
})
