import { expect, test } from 'vitest'
import { DEFAULT_RETENTION } from '../../../../src/shared/contract/retention.ts'
import {
  changedParts,
  settingName,
  settingValueName,
} from '../../../../src/renderer/pages/settings/setting-names.ts'

const change = (name: string, before: unknown, after: unknown) => ({
  area: 'settings' as const,
  name,
  before,
  after,
})

test('a change is taken apart into the values that differ', () => {
  expect(changedParts(change('exchangeRates', { CNY: 0.14, EUR: 1 }, { CNY: 0.13, EUR: 1 }))).toEqual([
    { path: 'CNY', before: '0.14', after: '0.13' },
  ])
})

test('a list of words is read as one, not as code', () => {
  expect(changedParts(change('allowedOrigins', [], ['https://a.example', 'https://b.example']))).toEqual([
    { path: '', before: '[]', after: 'https://a.example, https://b.example' },
  ])
})

test('a value that the page has a word for is said in the language on screen', () => {
  expect(settingValueName(change('theme', 'system', 'dark'), 'dark')).toBe('theme.dark')
  expect(settingValueName(change('port', 1, 2), '2')).toBeUndefined()
})

test('every part of how long what is kept has the name that the page has for it', () => {
  const { area, name } = change('retention', null, null)
  const names = Object.keys(DEFAULT_RETENTION).map((path) => settingName({ area, name, path }))
  expect(names).not.toContain(undefined)
  expect(settingValueName({ area, name, path: 'callsDays' }, 'null')).toBe('retention.forEver')
})
