import { createRouterClient } from '@orpc/server'
import { afterEach, expect, test } from 'vitest'
import type { TestConsole } from '../../start-console.ts'
import { startConsole } from '../../start-console.ts'

let running: TestConsole | undefined
afterEach(async () => {
  await running?.close()
  running = undefined
})

const range = () => ({ from: 0, to: Date.now() + 3_600_000 })

async function last<T>(steps: AsyncIterable<T>): Promise<T | undefined> {
  let newest: T | undefined
  for await (const step of steps) newest = step
  return newest
}

test(
  'sample data comes marked, and goes with all that came of it; what is one’s own stays',
  { timeout: 120_000 },
  async () => {
    running = await startConsole({ alertTiming: { intervalMs: 1_000, groupWaitMs: 10 } })
    const { post, console } = running
    const client = createRouterClient(console.router)
    // One call of one's own, with a name that begins like those of made-up ones.
    await post({ app: 'shop', requestId: 'demo-of-mine', userId: 'mia', inputTokens: 5 })
    await running.send({
      method: 'POST',
      path: '/v1/feedback',
      headers: { 'content-type': 'application/json' },
      body: { requestId: 'demo-of-mine', rating: 4 },
    })
    const before = await client.monitoring.summary(range())
    await client.alerts.rules.create({
      name: 'Any call',
      conditions: [{ metric: 'requests', comparison: 'gt', threshold: 1, windowMinutes: 1_440 }],
    })

    expect(await last(await client.sample.load())).toMatchObject({ type: 'done' })
    expect((await client.settings.get()).sampleLoadedAt).not.toBeNull()
    const { items } = await client.appLogs.list({ app: 'support-agent', limit: 1 })
    expect(await client.appLogs.get({ requestId: items[0]?.requestId ?? '' })).toMatchObject({
      tags: ['sample'],
    })
    expect((await client.monitoring.summary(range())).requests).toBeGreaterThan(1_000)
    expect((await client.feedback.list({})).items.length).toBeGreaterThan(10)
    await expect.poll(async () => (await client.alerts.records.list({})).items.length).toBeGreaterThan(0)

    const removed = await last(await client.sample.remove())

    expect(removed).toMatchObject({ type: 'done', alerts: 1 })
    expect((await client.settings.get()).sampleLoadedAt).toBeNull()
    expect(await client.monitoring.summary(range())).toEqual(before)
    expect((await client.monitoring.breakdown({ ...range(), by: 'app' })).rows.map(({ key }) => key)).toEqual(
      ['shop'],
    )
    expect((await client.appLogs.list({})).items.map(({ requestId }) => requestId)).toEqual(['demo-of-mine'])
    expect((await client.feedback.list({})).items.map(({ requestId }) => requestId)).toEqual(['demo-of-mine'])
    expect((await client.alerts.records.list({})).items).toEqual([])
    expect((await client.alerts.rules.list({})).items).toHaveLength(1)
    expect(await last(await client.sample.remove())).toMatchObject({ calls: 0, feedback: 0, alerts: 0 })
  },
)

test('the first steps come on a fresh folder, until they are taken or something has come in', async () => {
  running = await startConsole()
  const client = createRouterClient(running.console.router)
  expect((await client.about.get()).isFirstRun).toBe(true)
  await client.settings.update({ isWelcomeDone: true })
  expect((await client.about.get()).isFirstRun).toBe(false)
  await client.settings.update({ isWelcomeDone: false })
  await running.post({ app: 'shop' })
  expect((await client.about.get()).isFirstRun).toBe(false)
})
