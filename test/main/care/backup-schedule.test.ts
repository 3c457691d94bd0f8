import { expect, test } from 'vitest'
import { backupScheduleSchema } from '#shared/contract/backups.ts'
import { backupName, readBackupName } from '../../../src/main/care/backup-names.ts'
import { nextBackupAt } from '../../../src/main/care/backup-schedule.ts'

const schedule = (choices: object) => backupScheduleSchema.parse(choices)
const at = (text: string) => Date.parse(text)
const next = (choices: object, after: string, zone = 'UTC') => {
  const time = nextBackupAt(schedule(choices), at(after), zone)
  return time === null ? null : new Date(time).toISOString()
}

test('a daily backup is due at its hour, today or tomorrow', () => {
  expect(next({ every: 'day', hour: 3 }, '2026-01-10T02:59:00Z')).toBe('2026-01-10T03:00:00.000Z')
  expect(next({ every: 'day', hour: 3 }, '2026-01-10T03:00:00Z')).toBe('2026-01-11T03:00:00.000Z')
  expect(next({ every: 'day', hour: 3 }, '2026-01-10T01:00:00Z', 'Asia/Shanghai')).toBe(
    '2026-01-10T19:00:00.000Z',
  )
  expect(next({ every: 'never' }, '2026-01-10T01:00:00Z')).toBeNull()
})

test('a weekly one on its day', () => {
  // 10 January 2026 was a Saturday.
  expect(next({ every: 'week', weekday: 0, hour: 3 }, '2026-01-10T12:00:00Z')).toBe(
    '2026-01-11T03:00:00.000Z',
  )
  expect(next({ every: 'week', weekday: 6, hour: 3 }, '2026-01-10T12:00:00Z')).toBe(
    '2026-01-17T03:00:00.000Z',
  )
})

test('a night in which the clock changes has one, too', () => {
  // In Berlin 02:30 did not exist on 29 March 2026, and was there twice on 25 October.
  expect(next({ every: 'day', hour: 2 }, '2026-03-28T12:00:00Z', 'Europe/Berlin')).toBe(
    '2026-03-29T01:00:00.000Z',
  )
  const first =
    nextBackupAt(schedule({ every: 'day', hour: 2 }), at('2026-10-24T12:00:00Z'), 'Europe/Berlin') ?? 0
  expect(nextBackupAt(schedule({ every: 'day', hour: 2 }), first, 'Europe/Berlin')).toBe(
    at('2026-10-26T01:00:00Z'),
  )
})

test('a name says when and why, is taken once, and nothing else is one', () => {
  const now = at('2026-01-10T02:59:07.123Z')
  const name = backupName('manual', now, new Set())
  expect(name).toBe('llmops-20260110T025907Z-manual.sqlite')
  expect(backupName('manual', now, new Set([name]))).toBe('llmops-20260110T025907Z-2-manual.sqlite')
  expect(readBackupName(name)).toEqual({ name, kind: 'manual', createdAt: at('2026-01-10T02:59:07Z') })
  for (const other of [
    'llmops.sqlite',
    `../${name}`,
    `${name}.part`,
    `x${name}`,
    'llmops-20260110T025907Z-evil.sqlite',
  ])
    expect(readBackupName(other)).toBeUndefined()
})
