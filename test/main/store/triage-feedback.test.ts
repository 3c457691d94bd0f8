import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { LIMITS } from '#shared/limits.ts'
import { openForWriting } from '../../../src/main/store/database.ts'
import { migrateToLatest } from '../../../src/main/store/migrations/index.ts'
import { getFeedback } from '../../../src/main/store/queries/list-feedback.ts'
import { readReviewers } from '../../../src/main/store/queries/read-reviewers.ts'
import { createWriters } from '../../../src/main/store/writers.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { makeFeedback } from './make-feedback.ts'

async function openTriage(feedback: Parameters<typeof makeFeedback>[0][]) {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  onTestFinished(() => void database.sqlite.close())
  await migrateToLatest(database)
  const writers = createWriters(database)
  writers.feedback.insert([feedback.map((one) => makeFeedback(one))])
  const counts = (): unknown[] =>
    database.sqlite.prepare('select * from feedback_rollup order by 1, 2, 3, 4').all()
  const recounted = (): unknown[] => {
    writers.rebuilder.rebuildAll()
    return counts()
  }
  return {
    ...writers,
    counts,
    recounted,
    kysely: database.kysely,
    get: (id: string) => getFeedback(database.kysely, { id }),
  }
}

describe('a triage', () => {
  test('changes all of it alike, says what was before, and is taken back whole', async () => {
    const { triage, get, counts, recounted } = await openTriage([
      { id: 'a', tags: ['old', 'gone'], rating: 1 },
      { id: 'b', rating: 4 },
    ])
    const before = [await get('a'), await get('b')]
    const countsBefore = counts()
    const outcome = triage.triage({
      ids: ['a', 'nobody', 'b', 'a'],
      state: 'resolved',
      note: '已修复',
      addTags: ['new', 'old'],
      removeTags: ['gone'],
      assignee: '李雯',
      changedAt: 5,
    })
    expect(outcome).toMatchObject({
      before: [{ id: 'a' }, { id: 'b' }],
      notFound: ['nobody'],
      tooManyTags: [],
    })
    const changed = { state: 'resolved', resolvedAt: 5, note: '已修复', assignee: '李雯' }
    expect(await get('a')).toMatchObject({ ...changed, tags: ['old', 'new'] })
    expect(await get('b')).toMatchObject({ ...changed, tags: ['new', 'old'] })
    expect(counts()).toEqual(recounted())

    triage.restore(outcome.before)
    expect([await get('a'), await get('b')]).toEqual(before)
    expect(counts()).toEqual(countsBefore)
  })

  test('is taken back as far as is asked for', async () => {
    const { triage, get, counts, recounted } = await openTriage([{ id: 'a', tags: ['x'] }])
    triage.triage({ ids: ['a'], addTags: ['y'], state: 'resolved', note: 'n', changedAt: 5 })
    triage.restore([
      { id: 'a', tags: ['x'] },
      { id: 'gone', state: 'open' },
    ])
    expect(await get('a')).toMatchObject({ tags: ['x'], state: 'resolved', resolvedAt: 5, note: 'n' })
    triage.restore([{ id: 'a', state: 'open', resolvedAt: null, note: null }])
    expect(await get('a')).toMatchObject({ state: 'open', resolvedAt: null, note: null })
    expect(counts()).toEqual(recounted())
  })

  test('leaves what it does not speak of, and what has it already', async () => {
    const { triage, get } = await openTriage([{ id: 'a', tags: ['x'] }])
    triage.triage({ ids: ['a'], assignee: 'maria', changedAt: 1 })
    triage.triage({ ids: ['a'], addTags: ['y'], changedAt: 2 })
    expect(await get('a')).toMatchObject({ state: 'open', note: null, tags: ['x', 'y'], assignee: 'maria' })
    expect(triage.triage({ ids: ['a'], addTags: ['y'], changedAt: 3 }).before).toEqual([])
    triage.triage({ ids: ['a'], assignee: null, changedAt: 4 })
    expect(await get('a')).toMatchObject({ assignee: null })
  })

  test('gives nothing more tags than it may have, and the others theirs', async () => {
    const full = Array.from({ length: LIMITS.tagsPerCall }, (_, index) => `t${index}`)
    const { triage, get } = await openTriage([{ id: 'full', tags: full }, { id: 'free' }])
    expect(triage.triage({ ids: ['full', 'free'], addTags: ['one'], changedAt: 1 })).toMatchObject({
      before: [{ id: 'free' }],
      tooManyTags: ['full'],
    })
    expect(await get('full')).toMatchObject({ tags: full })
  })

  test('remembers the names of reviewers, the last used first, and not too many', async () => {
    const { triage, kysely } = await openTriage([{ id: 'a' }])
    for (const [index, assignee] of ['tom', 'maria', 'tom'].entries())
      triage.triage({ ids: ['a'], assignee, changedAt: index })
    expect(await readReviewers(kysely)).toEqual(['tom', 'maria'])
    for (let index = 0; index < LIMITS.reviewers + 5; index += 1) triage.remember(`r${index}`, 100 + index)
    const names = await readReviewers(kysely)
    expect(names).toHaveLength(LIMITS.reviewers)
    expect(names[0]).toBe(`r${LIMITS.reviewers + 4}`)
  })
})

describe('what was written by hand', () => {
  test('is changed and deleted, and its counts follow', async () => {
    const { triage, get, counts, recounted } = await openTriage([
      { id: 'own', rating: 2, isOwn: true },
      { id: 'other', rating: 5 },
    ])
    const change = { rating: 4, comment: 'better', type: 'quality' as const, tags: ['x'], userId: 'maria' }
    expect(triage.update({ id: 'own', ...change, changedAt: 1 })).toBeNull()
    expect(await get('own')).toMatchObject({ ...change, isOwn: true })
    expect(counts()).toEqual(recounted())
    expect(triage.remove('own')).toBeNull()
    expect(await get('own')).toBeUndefined()
    expect(counts()).toEqual(recounted())
  })

  test('is the only thing that is', async () => {
    const { triage, get } = await openTriage([{ id: 'other', rating: 5 }])
    const change = { rating: 1, comment: null, type: null, tags: [], userId: null, changedAt: 1 }
    expect(triage.update({ id: 'other', ...change })).toBe('not-own')
    expect(triage.update({ id: 'nobody', ...change })).toBe('not-found')
    expect(triage.remove('other')).toBe('not-own')
    expect(triage.remove('nobody')).toBe('not-found')
    expect(await get('other')).toMatchObject({ rating: 5 })
  })
})
