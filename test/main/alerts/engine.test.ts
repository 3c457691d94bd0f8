import { describe, expect, test } from 'vitest'
import { HOUR, MINUTE, openEngine } from './open-engine.ts'

const failing = { status: 'error', errorType: 'timeout' } as const

describe('a rule', () => {
  test('waits, fires, is told of after the group’s wait, recovers and is resolved', async () => {
    const opened = await openEngine()
    await opened.create({ forMinutes: 2, keepFiringForMinutes: 1 })
    const states: string[] = []
    for (const isFailing of [true, true, true, false, false, false, false]) {
      await opened.post(4, isFailing ? failing : {})
      await opened.pass(1)
      states.push((await opened.all())[0]?.state ?? 'none')
    }
    expect(states).toEqual(['pending', 'pending', 'firing', 'recovering', 'resolved', 'resolved', 'resolved'])
    const [record] = await opened.all()
    expect(record).toMatchObject({
      resolvedBy: 'auto',
      metric: 'failureRate',
      threshold: 0.5,
      firstValue: 1,
      worstValue: 1,
      lastValue: 0,
      isRead: false,
    })
    expect(await opened.told()).toEqual(['firing 1', 'resolved 1'])
    const firedAt = record?.firedAt ?? 0
    const waited = record?.notifications.map(({ createdAt }) => createdAt - firedAt)
    // Looked at every 10 s here.
    expect(waited?.[0]).toBe(10_000)
    const detail = await opened.records.get(record?.id ?? '')
    expect(detail?.points.map(({ value }) => value)).toEqual([1, 1, 1, 0, 0])
  })

  test('that flaps a hundred times fires once and is resolved once, if it keeps firing for longer', async () => {
    const opened = await openEngine()
    await opened.create({ keepFiringForMinutes: 5 })
    for (let flap = 0; flap < 100; flap += 1) {
      await opened.post(2, flap % 2 === 0 ? failing : {})
      opened.clock.pass(MINUTE)
      await opened.engine.tick()
    }
    await opened.post(1)
    await opened.pass(1)
    for (let minute = 0; minute < 6; minute += 1) {
      await opened.post(1)
      await opened.pass(1)
    }
    expect(await opened.all()).toMatchObject([{ state: 'resolved' }])
    expect(await opened.told()).toEqual(['firing 1', 'resolved 1'])
  })

  test('split into 500 that fire together is one message of 500, and one when all are resolved', async () => {
    const opened = await openEngine()
    await opened.create({ splitBy: 'user' })
    for (let user = 0; user < 501; user += 1) await opened.post(1, { ...failing, userId: `u-${user}` })
    await opened.pass(1)
    expect(await opened.all()).toHaveLength(500)
    expect(opened.engine.healthOf((await opened.all())[0]?.ruleId ?? '').leftOut).toBe(1)
    await opened.pass(2)
    expect(await opened.told()).toEqual(['firing 500', 'resolved 500'])
    expect(await opened.told('os')).toEqual(['firing 500', 'resolved 500'])
  })

  test('counts late calls by their arrival, and never those that started too long before', async () => {
    const opened = await openEngine()
    await opened.create({ conditions: [condition({ metric: 'requests', threshold: 0, windowMinutes: 5 })] })
    const at = opened.clock.now()
    await opened.post(1_000, { startedAt: at - 21 * MINUTE })
    await opened.pass(1)
    expect(await opened.all()).toEqual([])
    await opened.post(1, { startedAt: at - 18 * MINUTE })
    await opened.pass(1)
    expect(await opened.all()).toMatchObject([{ state: 'firing', lastValue: 1 }])
  })

  test('is repeated after its interval, unless it was acknowledged', async () => {
    const opened = await openEngine()
    await opened.create({ repeatMinutes: 60, conditions: [condition({ windowMinutes: 24 * 60 })] })
    await opened.post(1, failing)
    await opened.pass(62)
    expect(await opened.told()).toEqual(['firing 1', 'repeat 1'])
    const [record] = await opened.all()
    await opened.records.acknowledge(record?.id ?? '')
    await opened.pass(62)
    expect(await opened.told()).toEqual(['firing 1', 'repeat 1'])
  })
})

function condition(overrides: object) {
  return { metric: 'failureRate', comparison: 'gt', threshold: 0.5, windowMinutes: 1, ...overrides } as const
}

describe('while it fires, a rule', () => {
  const open = async (rule = {}, minutes = 4) => {
    const opened = await openEngine()
    const id = await opened.create({ conditions: [condition({ windowMinutes: 60 })], ...rule })
    await opened.post(4, failing)
    await opened.pass(minutes)
    expect(await opened.told()).toEqual(['firing 1'])
    return { opened, id }
  }

  test('that is edited goes on by its new conditions, and its record keeps it as it was', async () => {
    const { opened, id } = await open()
    await opened.rules.update(id, {
      name: 'Renamed',
      conditions: [condition({ threshold: 0.9, windowMinutes: 60 })],
    })
    await opened.pass(1)
    expect(await opened.all()).toMatchObject([{ state: 'firing', ruleName: 'Failures', threshold: 0.5 }])
    await opened.rules.update(id, { conditions: [condition({ threshold: 1, windowMinutes: 60 })] })
    await opened.pass(2)
    expect(await opened.all()).toMatchObject([{ state: 'resolved', resolvedBy: 'auto', threshold: 0.5 }])
    expect(await opened.told()).toEqual(['firing 1', 'resolved 1'])
  })

  test('that measures something else goes on, and its record keeps its own values', async () => {
    const { opened, id } = await open()
    const slow = { metric: 'requests', comparison: 'gt', threshold: 1, windowMinutes: 60 } as const
    await opened.rules.update(id, { conditions: [slow] })
    await opened.pass(2)
    const [record] = await opened.all()
    expect(record).toMatchObject({ state: 'firing', metric: 'failureRate', worstValue: 1, lastValue: 1 })
  })

  test('that looks at other apps leaves those it does not look at', async () => {
    const { opened, id } = await open({ splitBy: 'app', noData: 'keep' })
    await opened.rules.update(id, { filter: { app: ['mail'] } })
    expect(await opened.all()).toMatchObject([
      { state: 'resolved', resolvedBy: 'user', note: 'rule-changed' },
    ])
  })

  test('that is disabled is resolved by the user, and told of as resolved', async () => {
    const { opened, id } = await open()
    await opened.rules.update(id, { isEnabled: false })
    await opened.pass(2)
    expect(await opened.all()).toMatchObject([
      { state: 'resolved', resolvedBy: 'user', note: 'rule-disabled' },
    ])
    expect(await opened.told()).toEqual(['firing 1', 'resolved 1'])
  })

  test('that is removed is resolved by the user, and told of as it was', async () => {
    const { opened, id } = await open()
    await opened.rules.remove(id)
    await opened.pass(2)
    expect(await opened.all()).toMatchObject([
      { state: 'resolved', resolvedBy: 'user', note: 'rule-removed' },
    ])
    expect(await opened.told()).toEqual(['firing 1', 'resolved 1'])
  })

  test('that is split otherwise ends, and fires anew by what it is split by now', async () => {
    const { opened, id } = await open()
    await opened.rules.update(id, { splitBy: 'app' })
    await opened.pass(2)
    expect(await opened.all()).toMatchObject([
      { state: 'firing', labels: { app: 'checkout-bot' } },
      { state: 'resolved', labels: {}, note: 'rule-changed' },
    ])
  })

  test('that is resolved by hand fires anew after it has waited', async () => {
    const { opened } = await open({ forMinutes: 2 })
    await opened.pass(1)
    const [record] = await opened.all()
    await opened.records.resolve(record?.id ?? '', '')
    await opened.pass(1)
    expect((await opened.all()).map(({ state }) => state)).toEqual(['pending', 'resolved'])
    await opened.pass(3)
    expect((await opened.all()).map(({ state }) => state)).toEqual(['firing', 'resolved'])
  })

  test('that was resolved and is reopened goes on, is not told of again, but as resolved', async () => {
    const { opened } = await open()
    const [record] = await opened.all()
    const id = record?.id ?? ''
    await opened.records.resolve(id, '')
    await opened.records.reopen(id)
    await opened.pass(2)
    expect(await opened.all()).toMatchObject([{ id, state: 'firing' }])
    expect(await opened.told()).toEqual(['firing 1'])
    await opened.pass(60)
    expect(await opened.all()).toMatchObject([{ id, state: 'resolved', resolvedBy: 'auto' }])
    expect(await opened.told()).toEqual(['firing 1', 'resolved 1'])
  })

  test('that was told of as resolved and is reopened is told of again, until it is well', async () => {
    const { opened } = await open({ conditions: [condition({ windowMinutes: 10 })] })
    await opened.pass(9)
    expect(await opened.told()).toEqual(['firing 1', 'resolved 1'])
    const [record] = await opened.all()
    await opened.records.reopen(record?.id ?? '')
    await opened.pass(3)
    expect(await opened.told()).toEqual(['firing 1', 'resolved 1', 'firing 1', 'resolved 1'])
  })

  test('that is silenced is told of once when the silence ends', async () => {
    const { opened, id } = await open()
    const endsAt = opened.clock.now() + 30 * MINUTE
    await opened.silences.create({ matchers: { ruleId: id }, endsAt, reason: '' })
    await opened.pass(29)
    expect(await opened.told()).toEqual(['firing 1'])
    await opened.pass(10)
    expect(await opened.told()).toEqual(['firing 1', 'unmuted 1'])
  })
})

describe('what is not there', () => {
  test.each([
    ['ok', []],
    ['alert', ['firing']],
  ] as const)('with the policy %s after a window that was watched: %j', async (noData, states) => {
    const opened = await openEngine()
    await opened.create({ noData, conditions: [condition({ windowMinutes: 5 })] })
    await opened.pass(4)
    expect(await opened.all()).toEqual([])
    await opened.pass(2)
    expect((await opened.all()).map(({ state }) => state)).toEqual(states)
  })

  test('keeps a rule firing if it is to be kept, and ends it otherwise', async () => {
    const opened = await openEngine()
    const kept = await opened.create({ noData: 'keep', conditions: [condition({ windowMinutes: 2 })] })
    await opened.create({ conditions: [condition({ windowMinutes: 2 })] })
    await opened.post(4, failing)
    await opened.pass(10)
    for (const { ruleId, state } of await opened.all())
      expect(state).toBe(ruleId === kept ? 'firing' : 'resolved')
    expect(opened.engine.healthOf(kept).health).toBe('noData')
  })

  test('of an app that had calls alerts for that app', async () => {
    const opened = await openEngine()
    await opened.create({ noData: 'alert', splitBy: 'app', conditions: [condition({ windowMinutes: 3 })] })
    await opened.post(1, { app: 'quiet' })
    for (let minute = 0; minute < 5; minute += 1) {
      await opened.post(1, { app: 'busy' })
      await opened.pass(1)
    }
    expect(await opened.all()).toMatchObject([{ state: 'firing', labels: { app: 'quiet' } }])
  })

  test('as "requests < 1": nothing arrives', async () => {
    const opened = await openEngine()
    const nothing = { metric: 'requests', comparison: 'lt', threshold: 1, windowMinutes: 5 } as const
    await opened.create({ conditions: [nothing] })
    await opened.post(1)
    await opened.pass(4)
    expect(await opened.all()).toEqual([])
    await opened.pass(2)
    expect(await opened.all()).toMatchObject([{ state: 'firing', lastValue: 0 }])
    await opened.post(1)
    await opened.pass(1)
    expect(await opened.all()).toMatchObject([{ state: 'resolved' }])
  })
})

describe('a break', () => {
  test('of 8 hours asleep is one check, no missing data, and nothing is told before its repeat', async () => {
    const opened = await openEngine()
    const nothing = { metric: 'requests', comparison: 'lt', threshold: 1, windowMinutes: 5 } as const
    await opened.create({ conditions: [nothing] })
    await opened.create({ noData: 'alert', conditions: [condition({ threshold: 2, windowMinutes: 5 })] })
    await opened.create({ conditions: [condition({ windowMinutes: 10 })], repeatMinutes: 9 * 60 })
    await opened.post(4, failing)
    await opened.pass(2)
    const before = await opened.told()
    expect(before).toEqual(['firing 1'])
    let checks = 0
    opened.measure.through = (ask) => (request) => {
      checks += 1
      return ask(request)
    }
    opened.clock.wall += 8 * HOUR
    await opened.engine.tick()
    expect(checks).toBe(1)
    expect(opened.engine.status().skippedSlots).toBe(8 * 60 - 1)
    // Nobody knows whether calls would have come: what fired fires on, and nothing else does.
    await opened.pass(3)
    expect((await opened.all()).map(({ state }) => state)).toEqual(['firing'])
    expect(await opened.told()).toEqual(before)
    // After a whole window without calls it is known.
    await opened.pass(4)
    expect((await opened.all()).filter(({ state }) => state === 'firing')).toHaveLength(3)
  })

  test.each([
    [59, 10],
    [61, 30],
  ])('of %i minutes while a rule waits 30 minutes: it fires after %i more', async (pause, more) => {
    const opened = await openEngine()
    await opened.create({ forMinutes: 30, conditions: [condition({ windowMinutes: 24 * 60 })] })
    await opened.post(4, failing)
    await opened.pass(26)
    await opened.restart(pause * MINUTE)
    await opened.pass(more - 1)
    expect((await opened.all()).map(({ state }) => state)).toEqual(['pending'])
    await opened.pass(1)
    expect((await opened.all()).map(({ state }) => state)).toEqual(['firing'])
  })

  test('by a restart leaves what fires firing, and repeats it when it is time', async () => {
    const opened = await openEngine()
    await opened.create({ repeatMinutes: 120, conditions: [condition({ windowMinutes: 24 * 60 })] })
    await opened.post(4, failing)
    await opened.pass(2)
    await opened.restart(30 * MINUTE)
    await opened.pass(5)
    expect(await opened.all()).toMatchObject([{ state: 'firing' }])
    expect(await opened.told()).toEqual(['firing 1'])
    await opened.restart(90 * MINUTE)
    await opened.pass(2)
    expect(await opened.told()).toEqual(['firing 1', 'repeat 1'])
  })

  test('between firing and being told of it loses nothing', async () => {
    const opened = await openEngine()
    await opened.create({ conditions: [condition({ windowMinutes: 60 })] })
    await opened.post(4, failing)
    opened.clock.pass(MINUTE)
    await opened.engine.tick()
    expect(await opened.told()).toEqual([])
    await opened.restart(5_000)
    await opened.pass(1)
    expect(await opened.told()).toEqual(['firing 1'])
  })

  test('between the end of the last and being told of it loses nothing', async () => {
    const opened = await openEngine()
    const id = await opened.create({ conditions: [condition({ windowMinutes: 60 })] })
    await opened.post(4, failing)
    await opened.pass(2)
    await opened.rules.update(id, { isEnabled: false })
    await opened.restart(5_000)
    await opened.pass(2)
    expect(await opened.told()).toEqual(['firing 1', 'resolved 1'])
  })

  test.each([HOUR, -HOUR])(
    'by a clock that is set by %i ms fires nothing too early, and loses nothing',
    async (ms) => {
      const opened = await openEngine()
      await opened.create({ forMinutes: 20, conditions: [condition({ windowMinutes: 6 * 60 })] })
      await opened.post(4, failing)
      await opened.pass(5)
      opened.clock.wall += ms
      await opened.engine.tick()
      // What arrived before seems to be yet to come, if the clock was put back.
      await opened.post(4, failing)
      await opened.pass(14)
      expect((await opened.all()).map(({ state }) => state)).toEqual(['pending'])
      await opened.pass(4)
      expect((await opened.all()).map(({ state }) => state)).toEqual(['firing'])
      expect(await opened.told()).toEqual(['firing 1'])
    },
  )
})

describe('a rule that cannot be measured', () => {
  test('is tried three times more, is raised in the app, and leaves what fires firing', async () => {
    const opened = await openEngine()
    const id = await opened.create({})
    await opened.post(4, failing)
    await opened.pass(2)
    let attempts = 0
    opened.measure.through = () => async () => {
      attempts += 1
      throw new Error('no such table')
    }
    await opened.pass(1)
    expect(attempts).toBe(4)
    expect(opened.engine.healthOf(id)).toMatchObject({ health: 'error', error: 'no such table' })
    await opened.pass(1)
    const broken = { labels: { health: 'error' }, state: 'firing', note: 'no such table' }
    expect(await opened.all()).toMatchObject([broken, { labels: {}, state: 'resolved' }])
  })

  test('says so once, in the app only, and is resolved when it can be measured again', async () => {
    const opened = await openEngine()
    const id = await opened.create({ conditions: [condition({ windowMinutes: 60 })] })
    await opened.post(4, failing)
    await opened.pass(2)
    opened.measure.through = (ask) => async (request) =>
      (await ask(request)).map(({ ruleId }) => ({ ruleId, ok: false, error: 'broken' }))
    await opened.pass(5)
    opened.measure.through = (ask) => ask
    await opened.pass(2)
    const [broken, record] = await opened.all()
    expect(broken).toMatchObject({ labels: { health: 'error' }, state: 'resolved', resolvedBy: 'auto' })
    expect(broken?.notifications).toMatchObject([{ channelId: 'inApp', event: 'firing' }])
    expect(record).toMatchObject({ ruleId: id, state: 'firing' })
    expect(opened.engine.healthOf(id)).toMatchObject({ health: 'ok', error: null })
  })

  test('is measured if it can be at the second try', async () => {
    const opened = await openEngine()
    await opened.create({})
    await opened.post(4, failing)
    let attempts = 0
    opened.measure.through = (ask) => (request) => {
      attempts += 1
      return attempts === 1 ? Promise.reject(new Error('busy')) : ask(request)
    }
    await opened.pass(1)
    expect(await opened.all()).toMatchObject([{ labels: {}, state: 'firing' }])
  })
})

test('a check that cannot be stored has not been: it is made again', async () => {
  const opened = await openEngine()
  await opened.create({})
  await opened.post(4, failing)
  const { ask } = opened.store
  opened.measure.through = (measure) => async (request) => {
    const readings = await measure(request)
    // A value that no column can hold.
    return readings.map((reading) =>
      reading.ok
        ? { ...reading, readings: reading.readings.map((of) => ({ ...of, value: {} as number })) }
        : reading,
    )
  }
  opened.clock.pass(MINUTE)
  await opened.engine.tick()
  expect(opened.log.lines.join()).toContain('alert rules could not be checked')
  expect(await ask('countAlertRecords', null)).toEqual({ unread: 0, firing: 0 })
  opened.measure.through = (measure) => measure
  await opened.engine.tick()
  expect(await opened.all()).toMatchObject([{ state: 'firing' }])
})

test('what is measured of a rule that changes meanwhile is not taken for what it is now', async () => {
  const opened = await openEngine()
  const id = await opened.create({})
  await opened.post(4, failing)
  opened.measure.through = (measure) => async (request) => {
    const readings = await measure(request)
    await opened.rules.update(id, { isEnabled: false })
    return readings
  }
  await opened.pass(1)
  expect(await opened.all()).toEqual([])
})

test('quiet hours are in-app only, and what fires on is told of at their end', async () => {
  // 21:00 in Berlin.
  const opened = await openEngine(Date.UTC(2026, 10, 26, 20))
  const quietHours = { from: '21:00', to: '21:30', timeZone: 'Europe/Berlin' }
  await opened.create({ quietHours, conditions: [condition({ windowMinutes: 24 * 60 })] })
  await opened.post(4, failing)
  await opened.pass(20)
  expect(await opened.told('inApp')).toEqual(['firing 1'])
  expect(await opened.told('os')).toEqual(['firing 1: quiet-hours'])
  await opened.pass(15)
  expect(await opened.told('os')).toEqual(['firing 1: quiet-hours', 'firing 1'])
})
