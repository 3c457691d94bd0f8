import { ORPCError } from '@orpc/client'
import { expect, test, vi } from 'vitest'
import { useFormSave } from '../../../src/renderer/composables/use-form-save.ts'

vi.mock('vue-i18n', () => ({
  useI18n: () => ({
    t: (key: string, { limit }: { limit?: number | '' } = {}) => `${key} ${limit ?? ''}`.trim(),
  }),
}))

const refuses = (error: Error) => () => Promise.reject(error)
const badInput = (...issues: { path: string[]; message: string }[]) =>
  new ORPCError('BAD_REQUEST', { data: { issues } })

test('says what was refused beside its fields, each by its own words', async () => {
  const { problems, save } = useFormSave({ otherwise: 'not-saved' })
  const error = badInput(
    { path: ['name'], message: 'must be at most 200 characters' },
    { path: ['scope', 'app'], message: 'must not be empty' },
  )
  expect(await save(refuses(error))).toBe(false)
  expect(problems.value).toEqual(
    new Map([
      ['name', 'invalid.tooLong 200'],
      ['scope', 'invalid.empty'],
      ['scope.app', 'invalid.empty'],
    ]),
  )
})

test('says a conflict where the form wants it, and any other failure in general', async () => {
  const beside = useFormSave({ conflict: { field: 'validFrom', key: 'taken' }, otherwise: 'not-saved' })
  await beside.save(refuses(new ORPCError('CONFLICT')))
  expect(beside.problems.value).toEqual(new Map([['validFrom', 'taken']]))
  await beside.save(refuses(new Error('the connection ended')))
  expect(beside.problems.value).toEqual(new Map([['general', 'not-saved']]))

  const general = useFormSave({ conflict: { key: 'full' }, otherwise: 'not-saved' })
  await general.save(refuses(new ORPCError('CONFLICT')))
  expect(general.problems.value).toEqual(new Map([['general', 'full']]))
})

test('lets a form read a failure in its own way, and takes what it finds before all else', async () => {
  const { problems, save } = useFormSave({
    read: () => new Map([['name', { key: 'gone' }]]),
    conflict: { key: 'full' },
    otherwise: 'not-saved',
  })
  await save(refuses(new ORPCError('CONFLICT')))
  expect(problems.value).toEqual(new Map([['name', 'gone']]))
})

test('forgets what was wrong when it sends again, and tells whether there is no answer yet', async () => {
  const { problems, isSaving, save } = useFormSave({ otherwise: 'not-saved' })
  await save(refuses(new Error('no')))
  let answer = () => {}
  const saved = save(() => new Promise<void>((resolve) => (answer = resolve)))
  expect(problems.value.size).toBe(0)
  expect(isSaving.value).toBe(true)
  answer()
  expect(await saved).toBe(true)
  expect(isSaving.value).toBe(false)
})
