import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openForWriting } from '../../../../src/main/store/database.ts'
import { feedbackTriage } from '../../../../src/main/store/migrations/0018-feedback-triage.ts'
import { migrateToLatest } from '../../../../src/main/store/migrations/index.ts'
import { getFeedback } from '../../../../src/main/store/queries/list-feedback.ts'
import { createWriters } from '../../../../src/main/store/writers.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'
import { makeFeedback } from '../make-feedback.ts'

test('feedback of before is nobody’s task and nobody’s own, and can be worked on', async () => {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  onTestFinished(() => void database.sqlite.close())
  await migrateToLatest(database)
  createWriters(database).feedback.insert([[makeFeedback({ id: 'f', rating: 2, tags: ['x'] })]])
  const before = await getFeedback(database.kysely, { id: 'f' })
  database.sqlite.exec('drop index feedback_assignee; drop table reviewer')
  database.sqlite.exec('alter table feedback drop column assignee; alter table feedback drop column is_own')

  await feedbackTriage.up(database.kysely)

  expect(await getFeedback(database.kysely, { id: 'f' })).toEqual(before)
  expect(before).toMatchObject({ assignee: null, isOwn: false })
  createWriters(database).triage.triage({ ids: ['f'], assignee: 'maria', changedAt: 1 })
  expect(await getFeedback(database.kysely, { id: 'f' })).toMatchObject({ assignee: 'maria', tags: ['x'] })
})
