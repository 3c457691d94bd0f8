import { describe, expect, test } from 'vitest'
import { fileToSaveSchema, pageCaptureSchema } from '../../../src/shared/contract/files.ts'
import { LIMITS } from '../../../src/shared/limits.ts'

const file = { name: 'newest-calls-2026-11-26', type: 'text/csv', content: new Blob(['x']) }
const isTaken = (changes: object) => fileToSaveSchema.safeParse({ ...file, ...changes }).success

describe('a file to save', () => {
  test.each(['newest-calls-2026-11-26', 'a', '7', 'x'.repeat(100)])('may be called %s', (name) => {
    expect(isTaken({ name })).toBe(true)
  })

  test.each([
    '',
    '.',
    '..',
    '-x',
    'x-',
    'a/b',
    'a\\b',
    '../evil',
    'C:evil',
    'evil.desktop',
    'a b',
    'a\n',
    'Ä',
    'x'.repeat(101),
  ])('may not be called %j', (name) => {
    expect(isTaken({ name })).toBe(false)
  })

  test('is a table, data or a picture, and nothing that runs', () => {
    expect(isTaken({ type: 'image/png' })).toBe(true)
    expect(isTaken({ type: 'application/pdf' })).toBe(true)
    expect(isTaken({ type: 'text/html' })).toBe(false)
    expect(isTaken({ type: 'application/x-desktop' })).toBe(false)
  })

  test('has a size that ends', () => {
    expect(isTaken({ content: new Blob([new Uint8Array(LIMITS.savedFileBytes)]) })).toBe(true)
    expect(isTaken({ content: new Blob([new Uint8Array(LIMITS.savedFileBytes + 1)]) })).toBe(false)
  })
})

test('what is captured of a page has an end', () => {
  const isArea = (height: number) =>
    pageCaptureSchema.safeParse({ type: 'image/png', area: { x: 0, y: 0, width: 10, height } }).success
  expect(isArea(LIMITS.capturedPagePx)).toBe(true)
  expect(isArea(LIMITS.capturedPagePx + 1)).toBe(false)
  expect(isArea(-1)).toBe(false)
})
