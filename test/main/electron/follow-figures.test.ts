import { expect, onTestFinished, test } from 'vitest'
import { followFigures, localDay } from '../../../src/main/electron/follow-figures.ts'
import type { TrayFigures } from '../../../src/main/electron/tray-menu.ts'
import { consoleForTest } from '../../start-console.ts'
import { eventually } from '../eventually.ts'

test('the figures of today follow the calls, and the pause is among them', async () => {
  const opened = await consoleForTest()
  let figures: TrayFigures | undefined
  const end = followFigures({
    core: opened.console,
    onChange: (news) => (figures = news),
    log: opened.log,
    intervals: { callsMs: 50, dayMs: 1_000 },
  })
  onTestFinished(end)
  await opened.post([
    { app: 'shop', cost: { amount: 0.5, currency: 'USD' } },
    { app: 'shop', startedAt: localDay(Date.now()).from - 1 },
  ])
  await eventually(
    async () => figures,
    (seen) => seen?.requests === 1,
  )
  await opened.send({
    method: 'POST',
    path: '/v1/collector/pause',
    headers: { authorization: `Bearer ${opened.token}` },
  })
  await eventually(
    async () => figures,
    (seen) => seen?.isPaused === true,
  )
  expect(figures?.costNanos).toBeGreaterThan(0)
})

test('a day is the local one, however long', () => {
  const { from, to } = localDay(new Date(2026, 2, 29, 15, 30).getTime())
  expect(new Date(from)).toEqual(new Date(2026, 2, 29))
  expect(new Date(to)).toEqual(new Date(2026, 2, 30))
})
