import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const renderer = join(import.meta.dirname, '../../../../src/renderer')
const read = (file: string) => readFileSync(join(renderer, file), 'utf8')

test('the palette leads to every section of the settings', () => {
  const there = read('pages/settings/settings-sections.ts').matchAll(/\{ id: '([\w-]+)', title: '([\w.]+)'/g)
  const offered = read('components/command-palette/use-standing-commands.ts').matchAll(
    /\{ section: '([\w-]+)', title: '([\w.]+)' \}/g,
  )
  const sections = [...there].map(([, id, title]) => [id, title])
  expect(sections.length).toBeGreaterThan(5)
  expect([...offered].map(([, id, title]) => [id, title])).toEqual(sections)
})
