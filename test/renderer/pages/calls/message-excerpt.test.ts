import { expect, test } from 'vitest'
import { messageExcerpt } from '../../../../src/renderer/pages/calls/message-excerpt.ts'

const read = (before: string, match: string, after: string) => {
  const excerpt = messageExcerpt({ before, match, after })
  return `${excerpt.before}<${excerpt.match}>${excerpt.after}`
}

test.each([
  ['[{"role":"user","content":"查询', '退款', '状态"}]', '查询<退款>状态'],
  [
    '…简洁作答。"},{"role":"user","content":"请为「订单',
    '退款',
    '」编写\\n测试"}]',
    '…简洁作答。 · 请为「订单<退款>」编写 测试',
  ],
  ['…e":"user","content":"Say ', 'refund', ' \\"now\\""},{"role":"assi…', 'Say <refund> "now"'],
  ['…er","content":"A ', 'refund', '…', 'A <refund>…'],
  ['…ontent":"A ', 'refund', '…', 'A <refund>…'],
])('of a chat only what is said is shown: %s%s%s', (before, match, after, text) => {
  expect(read(before, match, after)).toBe(text)
})

test.each([
  ['cd C:\\new\\', 'refund', '\\test'],
  ['{"order":"', 'refund', '","role":1}'],
])('any other text stays as it is: %s%s%s', (before, match, after) => {
  expect(read(before, match, after)).toBe(`${before}<${match}>${after}`)
})
