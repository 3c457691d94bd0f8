/**
 * `npm run bench -- <what>`: measures, always beside a reference in the same run, because machines differ and are noisy.
 *
 *   alerts   a check of 500 rules over ten million calls, beside one plain SQL aggregate for each
 *   app      start, memory and idle processor of the packaged application, beside an empty window
 *   ingest   durable calls a second through each door, beside bare HTTP and bare inserts
 *   proxy    time to the first token of a stream through the recording proxy, beside the same stream without it
 *   queries  what pages ask, over a million and ten million calls, beside DuckDB and raw SQL
 *   scroll   frames a second in the list of calls, over a million calls beside a thousand
 *   search   the newest calls that hold a text, of a million, beside a plain scan; ingest with and without an index
 */
import { benchAlerts } from './bench/alerts.ts'
import { benchApp } from './bench/app.ts'
import { benchIngest } from './bench/ingest.ts'
import { benchProxy } from './bench/proxy.ts'
import { benchQueries } from './bench/queries.ts'
import { benchScroll } from './bench/scroll.ts'
import { benchSearch } from './bench/search.ts'
import { Failure, runScript } from './failure.ts'

const BENCHES = new Map<string, (args: string[]) => Promise<void>>([
  ['alerts', benchAlerts],
  ['app', benchApp],
  ['ingest', benchIngest],
  ['proxy', benchProxy],
  ['queries', benchQueries],
  ['scroll', benchScroll],
  ['search', benchSearch],
])

await runScript(async () => {
  const [name = '', ...args] = process.argv.slice(2)
  const bench = BENCHES.get(name)
  if (!bench) throw new Failure(`Name one of: ${[...BENCHES.keys()].join(', ')}.`)
  await bench(args)
})
