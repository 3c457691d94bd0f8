import { expect, test } from 'vitest'
import { fileSize } from '../../../src/renderer/format/file-size.ts'

test.each([
  [0, '0 B'],
  [842, '842 B'],
  [1_000, '1 kB'],
  [1_849_000, '1.8 MB'],
  [64_200_000_000, '64.2 GB'],
  [5e15, '5,000 TB'],
])('%d bytes are %s in both languages', (sizeBytes, text) => {
  expect(fileSize(sizeBytes, 'en')).toBe(text)
  expect(fileSize(sizeBytes, 'zh-CN')).toBe(text)
})
