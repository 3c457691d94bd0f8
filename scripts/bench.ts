/**
 * `npm run bench -- <what>`: measures, always beside a reference in the same run, because machines differ and are noisy.
 *
 *   ingest   durable calls a second through each door, beside bare HTTP and bare inserts
 *   proxy    time to the first token of a stream through the recording proxy, beside the same stream without it
 *   queries  what pages ask, over a million and ten million calls, beside DuckDB and raw SQL
 */
import { benchIngest } from './bench/ingest.ts'
import { benchProxy } from './bench/proxy.ts'
import { benchQueries } from './bench/queries.ts'
import { Failure, runScript } from './failure.ts'

const BENCHES = new Map<string, (args: string[]) => Promise<void>>([
  ['ingest', benchIngest],
  ['proxy', benchProxy],
  ['queries', benchQueries],
])

await runScript(async () => {
  const [name = '', ...args] = process.argv.slice(2)
  const bench = BENCHES.get(name)
  if (!bench) throw new Failure(`Name one of: ${[...BENCHES.keys()].join(', ')}.`)
  await bench(args)
})
