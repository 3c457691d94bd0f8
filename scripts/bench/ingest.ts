import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { collectorStatusSchema } from '#shared/contract/collector.ts'
import { median } from './median.ts'
import { withConsole, withServer } from './server-process.ts'

const run = promisify(execFile)
const here = import.meta.dirname

const ROUNDS = 3
const SINGLE = { calls: 20_000, batch: 1, connections: 32 }
const BATCHED = { calls: 60_000, batch: 100, connections: 8 }

type Format = 'native' | 'silent' | 'otlp-json' | 'otlp-protobuf'

/**
 * Durable calls a second through each door, beside a bare HTTP server and a bare insert loop. Each round runs everything
 * once in turn, so that a slow moment of the machine meets all of them; medians are shown.
 */
export async function benchIngest(): Promise<void> {
  const rates = new Map<string, number[]>()
  const note = (name: string, rate: number) => rates.set(name, [...(rates.get(name) ?? []), rate])
  for (let round = 1; round <= ROUNDS; round += 1) {
    console.error(`round ${round} of ${ROUNDS}`)
    note(
      'bare http, batch 1',
      await withServer(join(here, 'bare-http.ts'), [], (url) => load(url, SINGLE, 'native')),
    )
    note('native, batch 1', await throughCollector(SINGLE, 'native'))
    note('tokens estimated, batch 1', await throughCollector(SINGLE, 'silent'))
    note('bare inserts, tx 100', await bareInserts(BATCHED.calls))
    note('native, batch 100', await throughCollector(BATCHED, 'native'))
    note('tokens estimated, batch 100', await throughCollector(BATCHED, 'silent'))
    note('OTLP JSON, batch 100', await throughCollector(BATCHED, 'otlp-json'))
    note('OTLP protobuf, batch 100', await throughCollector(BATCHED, 'otlp-protobuf'))
  }
  const medianOf = (name: string) => median(rates.get(name) ?? [])
  for (const name of rates.keys()) {
    const reference = name.endsWith('batch 1') ? 'bare http, batch 1' : 'bare inserts, tx 100'
    const ratio = (medianOf(name) / medianOf(reference)).toFixed(2)
    console.log(
      `${name.padEnd(27)} ${Math.round(medianOf(name)).toString().padStart(7)} calls/s  ${ratio} × ${reference}`,
    )
  }
}

function throughCollector(plan: typeof SINGLE, format: Format): Promise<number> {
  const path = format === 'native' || format === 'silent' ? '/v1/app-logs' : '/v1/traces'
  return withConsole(async ({ url, token }) => {
    const rate = await load(url + path, plan, format)
    const answer = await fetch(`${url}/v1/collector/status`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const { counters } = collectorStatusSchema.parse(await answer.json())
    if (counters.notEstimated > 0) throw new Error(`${counters.notEstimated} calls were not estimated`)
    return rate
  })
}

async function load(
  url: string,
  { calls, batch, connections }: typeof SINGLE,
  format: Format,
): Promise<number> {
  const args = [join(here, 'load.ts'), url, String(calls), String(batch), String(connections), format]
  const { stdout } = await run(process.execPath, args)
  return readRate(stdout)
}

async function bareInserts(rows: number): Promise<number> {
  const { stdout } = await run(process.execPath, [join(here, 'bare-inserts.ts'), String(rows)])
  return readRate(stdout)
}

function readRate(output: string): number {
  const result: unknown = JSON.parse(output)
  if (typeof result !== 'object' || result === null || !('callsPerSecond' in result)) throw new Error(output)
  if ('failures' in result && result.failures !== 0) throw new Error(`requests failed: ${output}`)
  return Number(result.callsPerSecond)
}
