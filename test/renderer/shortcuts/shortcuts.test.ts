import { describe, expect, test } from 'vitest'
import { en } from '../../../src/renderer/i18n/en.ts'
import { SHORTCUTS } from '../../../src/renderer/shortcuts/shortcuts.ts'

const messageOf = (path: string) =>
  path.split('.').reduce<unknown>((found, part) => (found as Record<string, unknown>)[part], en)

describe.each(Object.entries(SHORTCUTS))('shortcuts of %s', (place, shortcuts) => {
  test('no key does two things, nor what it does everywhere', () => {
    const others = place === 'everywhere' ? [] : SHORTCUTS.everywhere.flatMap(({ pressed }) => [...pressed])
    const keys: string[] = [...shortcuts.flatMap(({ pressed }) => [...pressed]), ...others]
    expect(keys).toEqual([...new Set(keys)])
  })

  test('each says what it does', () => {
    expect(shortcuts.map(({ text }) => typeof messageOf(text))).toEqual(shortcuts.map(() => 'string'))
  })
})
