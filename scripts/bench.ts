/**
 * `npm run bench -- <what>`: measures, always beside a reference in the same run, because machines differ and are noisy.
 *
 *   ingest   durable calls a second through each door, beside bare HTTP and bare inserts
 *   proxy    time to the first token of a stream through the recording proxy, beside the same stream without it
 */
import { benchIngest } from './bench/ingest.ts'
import { benchProxy } from './bench/proxy.ts'
import { Failure, runScript } from './failure.ts'

const BENCHES = new Map([
  ['ingest', benchIngest],
  ['proxy', benchProxy],
])

await runScript(async () => {
  const [name = ''] = process.argv.slice(2)
  const bench = BENCHES.get(name)
  if (!bench) throw new Failure(`Name one of: ${[...BENCHES.keys()].join(', ')}.`)
  await bench()
})
