import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readBudgets } from '../../../../src/main/store/budget.ts'
import { openForWriting } from '../../../../src/main/store/database.ts'
import { migrateToLatest } from '../../../../src/main/store/migrations/index.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'

test('there is an empty table of budgets, whose periods are the three that are known', async () => {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  onTestFinished(() => void database.sqlite.close())
  await migrateToLatest(database)
  expect(await readBudgets(database.kysely)).toEqual([])
  const insert = (period: string) =>
    database.sqlite.exec(
      `insert into budget (id, name, user_id, period, amount, is_enabled) values ('x', '全部', 'u-1', '${period}', 9.5, 1)`,
    )
  expect(() => insert('fortnight')).toThrow('CHECK')
  insert('month')
  expect(await readBudgets(database.kysely)).toEqual([
    { id: 'x', name: '全部', scope: { userId: 'u-1' }, period: 'month', amount: 9.5, isEnabled: true },
  ])
})
