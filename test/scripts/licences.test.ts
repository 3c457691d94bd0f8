import { join } from 'node:path'
import { expect, test } from 'vitest'
import { collectLicences } from '../../scripts/licences.ts'

test('the licences of all that is shipped are there, those of tools are not', () => {
  const licences = collectLicences(join(import.meta.dirname, '../..'))
  const names = licences.map(({ name }) => name)
  expect(names).toEqual(
    expect.arrayContaining(['better-sqlite3', 'echarts', 'electron', 'vue', '@orpc/server']),
  )
  expect(names).not.toContain('vitest')
  expect(names).not.toContain('typescript')
  expect(licences.every(({ licence, version }) => licence !== '' && version !== '')).toBe(true)
  expect(licences.find(({ name }) => name === 'vue')?.text).toContain('MIT')
})
