import { expect, test } from 'vitest'
import { showInvisible } from '../../../src/renderer/format/show-invisible.ts'

test.each([
  ['gpt-4o', 'gpt-4o'],
  ['通义千问 2.5', '通义千问 2.5'],
  ['gpt\u200b-4o', 'gpt<U+200B>-4o'],
  ['\ufeff', '<U+FEFF>'],
  ['a\u0000b\nc', 'a<U+0000>b<U+000A>c'],
  ['user\u202efdp.exe', 'user<U+202E>fdp.exe'],
  ['שלום', 'שלום'],
  // Written with joiners.
  ['👩‍💻', '👩‍💻'],
  ['می‌خواهم', 'می‌خواهم'],
])('%j is shown as %j', (name, shown) => {
  expect(showInvisible(name)).toBe(shown)
})
