import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { effectScope, ref } from 'vue'
import type { Feedback } from '#shared/contract/feedback.ts'
import { LIMITS } from '#shared/limits.ts'

const procedures = vi.hoisted(() => ({ give: vi.fn(), update: vi.fn(), remove: vi.fn() }))
vi.mock('../../../../src/renderer/client.ts', () => ({ client: { feedback: procedures } }))
vi.mock('vue-i18n', () => ({ useI18n: () => ({ t: (key: string) => key }) }))

const { fieldsOf, newDraft, problemOf, tagsOf } =
  await import('../../../../src/renderer/pages/calls/detail/own-feedback.ts')
const { useOwnFeedback } = await import('../../../../src/renderer/pages/calls/detail/use-own-feedback.ts')
const { useToasts } = await import('../../../../src/renderer/stores/toasts.ts')

const kept = new Map<string, string>()

beforeEach(() => {
  setActivePinia(createPinia())
  kept.clear()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  })
  for (const procedure of Object.values(procedures)) procedure.mockReset()
})

const stored = (id: string, overrides: Partial<Feedback> = {}): Feedback => ({
  id,
  requestId: 'r',
  logId: 1,
  rating: 2,
  comment: 'hm',
  type: null,
  tags: [],
  userId: 'maria',
  source: 'reviewer',
  createdAt: 5,
  state: 'open',
  resolvedAt: null,
  note: null,
  assignee: null,
  isOwn: true,
  call: null,
  ...overrides,
})

function openWith(loaded: Feedback[]) {
  const feedback = ref<readonly Feedback[]>(loaded)
  const changed = vi.fn()
  const own = effectScope().run(() =>
    useOwnFeedback({ requestId: () => 'r', feedback: () => feedback.value }, changed),
  )
  if (!own) throw new Error('the scope has ended')
  return { own, feedback, changed }
}

/** An answer that is yet to come. */
function later<T>() {
  let answer: (value: T) => void = () => undefined
  let fail: () => void = () => undefined
  const promise = new Promise<T>((resolve, reject) => {
    answer = resolve
    fail = () => reject(new Error('the store is full'))
  })
  return { promise, answer, fail }
}

describe('feedback that is given', () => {
  test('is there at once, and stays when it is stored', async () => {
    const { own, feedback, changed } = openWith([])
    const answer = later<Feedback>()
    procedures.give.mockReturnValue(answer.promise)
    own.start()
    const draft = { ...newDraft('mine'), rating: 4, comment: ' good ', tags: 'a，b, a', name: 'maria' }
    const saved = own.save(draft)
    expect(own.draft.value).toBeUndefined()
    expect(own.shown.value).toMatchObject([{ id: 'mine', rating: 4, comment: 'good', tags: ['a', 'b'] }])
    expect(own.isPending('mine')).toBe(true)

    answer.answer(stored('mine', { rating: 4 }))
    await saved
    expect(own.isPending('mine')).toBe(false)
    expect(changed).toHaveBeenCalledOnce()
    feedback.value = [stored('mine', { rating: 4 }), stored('other')]
    expect(own.shown.value.map(({ id }) => id)).toEqual(['mine', 'other'])
    expect(newDraft('next').name).toBe('maria')
  })

  test('that cannot be stored is back in the form with all that was written, under the same id', async () => {
    const { own } = openWith([])
    const answer = later<Feedback>()
    procedures.give.mockReturnValue(answer.promise)
    const draft = { ...newDraft('mine'), rating: 1, comment: 'long thoughts' }
    const saved = own.save(draft)
    answer.fail()
    await saved
    expect(own.shown.value).toEqual([])
    expect(own.draft.value).toEqual(draft)
    expect(own.hasFailed.value).toBe(true)
  })
})

test('what is changed shows so at once, and as it was if that fails', async () => {
  const { own } = openWith([stored('mine'), stored('other', { isOwn: false })])
  const answer = later<Feedback>()
  procedures.update.mockReturnValue(answer.promise)
  own.edit(stored('mine'))
  const saved = own.save({ ...newDraft('mine'), rating: 5 })
  expect(own.shown.value).toMatchObject([{ id: 'mine', rating: 5 }, { id: 'other' }])
  answer.fail()
  await saved
  expect(own.shown.value).toMatchObject([{ id: 'mine', rating: 2 }, { id: 'other' }])
})

test('what is deleted goes at once, comes back if that fails, and by undo', async () => {
  const { own } = openWith([stored('mine')])
  procedures.remove.mockRejectedValueOnce(new Error('not now'))
  await own.remove(stored('mine'))
  expect(own.shown.value).toHaveLength(1)

  procedures.remove.mockResolvedValue(undefined)
  await own.remove(stored('mine'))
  expect(own.shown.value).toEqual([])
  procedures.give.mockResolvedValue(stored('mine'))
  useToasts().visible.at(-1)?.action?.run()
  expect(own.shown.value).toMatchObject([{ id: 'mine', rating: 2, comment: 'hm' }])
  expect(procedures.give).toHaveBeenCalledOnce()
})

test('a draft says what is wrong with it, and what is empty is not said', () => {
  const draft = newDraft('mine')
  expect(problemOf(draft)?.key).toBe('feedback.own.needsRating')
  const rated = { ...draft, rating: 3 }
  expect(problemOf(rated)).toBeUndefined()
  const many = Array.from({ length: LIMITS.tagsPerCall + 1 }, (_, index) => `t${index}`).join()
  expect(problemOf({ ...rated, tags: many })?.key).toBe('feedback.own.tooManyTags')
  expect(problemOf({ ...rated, tags: 'x'.repeat(LIMITS.nameLength + 1) })?.key).toBe(
    'feedback.own.tagTooLong',
  )
  expect(fieldsOf({ ...rated, comment: '  ', name: ' ' })).toEqual({ rating: 3, tags: [] })
  expect(tagsOf('一、二,, two ，一')).toEqual(['一', '二', 'two'])
})
