/** Opens a console on a data folder and moves it; a test kills it meanwhile. */
import { join } from 'node:path'
import { openConsole } from '../../../src/main/console.ts'
import { stderrLog } from '../../../src/main/log.ts'
import { createRelocation } from '../../../src/main/relocation/index.ts'

const [dataDir = '', target = '', placeFile = ''] = process.argv.slice(2)
const core = await openConsole({ dataDir, port: 0, log: stderrLog })
const relocation = createRelocation({
  database: { file: join(dataDir, 'llmops.sqlite') },
  place: placeFile,
  closeConsole: () => core.close(),
  restart: () => undefined,
})
await relocation.inspect(target)
process.stdout.write('ready\n')
for await (const step of relocation.move(new AbortController().signal))
  process.stdout.write(`${JSON.stringify(step)}\n`)
await core.close()
