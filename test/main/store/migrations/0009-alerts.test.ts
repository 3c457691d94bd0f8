import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { AlertWriter } from '../../../../src/main/store/alerts/write-alerts.ts'
import { openForWriting } from '../../../../src/main/store/database.ts'
import { migrateToLatest } from '../../../../src/main/store/migrations/index.ts'
import { readAlerts } from '../../../../src/main/store/queries/read-alerts.ts'
import { recordPoints } from '../../../../src/main/store/queries/list-alert-records.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'
import { makeRecord, makeRule } from '../../alerts/make-record.ts'

async function openWriter() {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  onTestFinished(() => void database.sqlite.close())
  await migrateToLatest(database)
  return { ...database, writer: new AlertWriter(database.sqlite, database.kysely) }
}

test('what alerts go on with is read back as it was written, and in its place when it changes', async () => {
  const { kysely, writer } = await openWriter()
  expect(await readAlerts(kysely)).toEqual({
    rules: [],
    instances: [],
    groups: [],
    records: [],
    silences: [],
    engine: undefined,
  })
  const rule = makeRule({
    splitBy: 'app',
    quietHours: { from: '22:00', to: '07:00', timeZone: 'Asia/Shanghai' },
  })
  const record = makeRecord(rule, { labels: { app: '客服' } })
  const silence = { id: 's', matchers: { app: '客服' }, startsAt: 1, endsAt: 2, reason: '' }
  const all = {
    rules: [rule],
    instances: [{ ruleId: rule.id, labels: record.labels, state: { phase: 'firing' } }],
    groups: [{ ruleId: rule.id, state: { told: ['x'] } }],
    records: [record],
    silences: [silence],
    engine: { lastSlot: 60_000 },
  }
  writer.write(all)
  const { id, createdAt, updatedAt, ...definition } = rule
  const stored = { ...all, rules: [{ id, createdAt, updatedAt, definition }] }
  expect(await readAlerts(kysely)).toEqual(stored)

  const changed = { records: [{ ...record, worstValue: null }], engine: { lastSlot: 120_000 } }
  writer.write({ ...all, ...changed })
  expect(await readAlerts(kysely)).toEqual({ ...stored, ...changed })
  writer.write({
    removedRules: [rule.id],
    removedInstances: all.instances,
    removedGroups: [rule.id],
    records: [{ ...record, state: 'resolved' }],
    removedSilences: [silence.id],
  })
  expect(await readAlerts(kysely)).toMatchObject({ rules: [], instances: [], groups: [], records: [] })
})

test('a change that cannot be written leaves nothing of it', async () => {
  const { kysely, writer } = await openWriter()
  const rule = makeRule()
  const point = { recordId: 'of no record', t: 1, value: 1 }
  expect(() => writer.write({ rules: [rule], points: [point] })).toThrow('FOREIGN KEY')
  expect((await readAlerts(kysely)).rules).toEqual([])
})

test('a course is thinned out to multiples of a step, but for its first point', async () => {
  const { kysely, writer } = await openWriter()
  const record = makeRecord(makeRule())
  const points = [1, 2, 3, 4, 5, 6].map((t) => ({ recordId: record.id, t, value: t }))
  writer.write({ records: [record], points, thinned: [{ recordId: record.id, stepMs: 2 }] })
  expect((await recordPoints(kysely, record)).map(({ t }) => t)).toEqual([1, 2, 4, 6])
})
