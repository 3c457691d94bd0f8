import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { collectorStatusSchema } from '#shared/contract/collector.ts'
import { median } from './median.ts'
import { withConsole, withServer } from './server-process.ts'

const WARM_UP = 200
const ROUNDS = 2_000
const UPSTREAM = 'bench'
const BODY = JSON.stringify({
  model: 'bench',
  stream: true,
  messages: [{ role: 'user', content: 'the model latency tokens cost prompt answer '.repeat(40) }],
})
const MEASURES = ['first token', 'whole stream'] as const
type Measure = (typeof MEASURES)[number]

/**
 * What the recording proxy adds to a streamed call: time to the first token and to the end, direct and proxied in turn
 * against the same server, so that a slow moment meets both.
 */
export async function benchProxy(): Promise<void> {
  await withServer(join(import.meta.dirname, 'streaming-vendor.ts'), [], (vendorUrl) =>
    withConsole(async ({ url, token }) => {
      await addUpstream(url, token, vendorUrl)
      const agent = new Agent({ keepAlive: true })
      const direct = `${vendorUrl}/v1/chat/completions`
      const proxied = `${url}/proxy/${UPSTREAM}/v1/chat/completions`
      const timings = { direct: newTimings(), proxied: newTimings() }
      for (let round = -WARM_UP; round < ROUNDS; round += 1) {
        const [one, other] = [await timeStream(direct, agent), await timeStream(proxied, agent)]
        if (round < 0) continue
        for (const measure of MEASURES) {
          timings.direct[measure].push(one[measure])
          timings.proxied[measure].push(other[measure])
        }
      }
      agent.destroy()
      for (const measure of MEASURES) {
        const [without, through] = [median(timings.direct[measure]), median(timings.proxied[measure])]
        console.log(
          `${measure.padEnd(14)} direct ${without.toFixed(3)} ms, proxied ${through.toFixed(3)} ms: ` +
            `+${(through - without).toFixed(3)} ms (medians of ${ROUNDS})`,
        )
      }
      await expectRecorded(url, token, WARM_UP + ROUNDS)
    }),
  )
}

const newTimings = (): Record<Measure, number[]> => ({ 'first token': [], 'whole stream': [] })

/** @returns milliseconds from sending the request. */
function timeStream(url: string, agent: Agent): Promise<Record<Measure, number>> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now()
    let firstAt: number | undefined
    const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-bench' }
    const outgoing = request(url, { method: 'POST', agent, headers }, (response: IncomingMessage) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`))
      response.once('data', () => (firstAt = performance.now()))
      response.on('end', () => {
        const endedAt = performance.now()
        resolve({
          'first token': (firstAt ?? endedAt) - startedAt,
          'whole stream': endedAt - startedAt,
        })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(BODY)
  })
}

async function addUpstream(url: string, token: string, baseUrl: string): Promise<void> {
  const answer = await fetch(`${url}/v1/upstreams`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: UPSTREAM, baseUrl, flavour: 'openai' }),
  })
  if (answer.status !== 201) throw new Error(`the upstream was not added: ${await answer.text()}`)
}

/** A proxy that records nothing would be fast. */
async function expectRecorded(url: string, token: string, calls: number): Promise<void> {
  const answer = await fetch(`${url}/v1/collector/status`, { headers: { authorization: `Bearer ${token}` } })
  const { counters } = collectorStatusSchema.parse(await answer.json())
  if (counters.accepted !== calls) throw new Error(`${counters.accepted} of ${calls} calls were recorded`)
}
