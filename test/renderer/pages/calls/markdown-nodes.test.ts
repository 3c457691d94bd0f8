import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { VNode } from 'vue'
import { isVNode } from 'vue'
import { MARKDOWN_LENGTH, markdownNodes } from '../../../../src/renderer/pages/calls/detail/markdown-nodes.ts'

type Child = VNode | string

const ELEMENTS = new Set(
  'p h4 h5 h6 blockquote ul ol li strong em s table thead tbody tr th td code pre br hr span'.split(' '),
)
const CLASSES = new Set(['markdown__address', 'markdown__image'])

const childrenOf = (node: VNode): Child[] => {
  const { children } = node
  if (typeof children === 'string') return [children]
  return Array.isArray(children) ? (children as Child[]) : []
}

/** As elements in brackets, so that a test reads what is there. */
function written(children: readonly Child[]): string {
  return children
    .map((child) =>
      typeof child === 'string' ? child : `<${child.type as string}>${written(childrenOf(child))}</>`,
    )
    .join('')
}

/** Every element and attribute there is; throws at one that there must not be. */
function check(children: readonly Child[]): void {
  const waiting = [...children]
  for (let child = waiting.pop(); child !== undefined; child = waiting.pop()) {
    if (!isVNode(child)) continue
    expect(ELEMENTS).toContain(child.type)
    for (const [name, value] of Object.entries(child.props ?? {})) {
      if (name === 'class') expect(CLASSES).toContain(value)
      else if (name === 'start') expect(value).toBeTypeOf('number')
      else expect(name).toBe('')
    }
    waiting.push(...childrenOf(child))
  }
}

const read = (text: string) => {
  const nodes = markdownNodes(text, 'Image')
  check(nodes)
  return written(nodes)
}

describe('markdownNodes', () => {
  test('sets headings, lists, quotes, tables and code', () => {
    expect(read('# A\n\n- **b** `c`\n- d\n\n> e')).toBe(
      '<h4>A</><ul><li><strong>b</> <code>c</></><li>d</></><blockquote><p>e</></>',
    )
    expect(read('|a|b|\n|-|:-:|\n|1|2|')).toContain('<th>a</><th>b</>')
    expect(read('```js\n<b>\n```')).toBe('<pre><code><b>\n</></>')
    expect(markdownNodes('7. x', '')[0]).toMatchObject({ type: 'ol', props: { start: 7 } })
  })

  test.each([
    ['<script>alert(1)</script>', '<p><script>alert(1)</script></>'],
    ['<img src=x onerror=alert(1)>', '<p><img src=x onerror=alert(1)></>'],
    ['<svg/onload=alert(1)>', '<p><svg/onload=alert(1)></>'],
    ['a <b onclick="x">b</b>', '<p>a <b onclick="x">b</b></>'],
  ])('HTML is text: %s', (text, expected) => {
    expect(read(text)).toBe(expected)
  })

  test('a link is its text, and its address behind it', () => {
    expect(read('[here](https://evil.example/x "t")')).toBe('<p>here<span> (https://evil.example/x)</></>')
    expect(read('<https://a.example>')).toBe('<p>https://a.example</>')
  })

  test.each(['javascript:alert(1)', 'JaVaScRiPt:x', 'vbscript:x', 'data:text/html,<script>x</script>'])(
    'there is nothing to click, whatever the address: %s',
    (address) => {
      const nodes = read(`[x](${address}) ![y](${address}) <${address}>`)
      expect(nodes).not.toContain('<a>')
      expect(nodes).not.toContain('<img>')
    },
  )

  test('an image is named, not loaded', () => {
    expect(read('![a cat](https://evil.example/a.png)')).toBe('<p><span>[Image: a cat]</></>')
    expect(read('![](https://evil.example/a.png)')).toBe('<p><span>[Image: https://evil.example/a.png]</></>')
  })

  test('deep nesting and long texts are bounded', () => {
    for (const text of [
      '> '.repeat(20_000),
      '- '.repeat(20_000),
      '['.repeat(20_000),
      '**a '.repeat(10_000),
    ]) {
      read(`${text}x`)
    }
    expect(read('x'.repeat(1_000_000))).toHaveLength(MARKDOWN_LENGTH + '<p></>'.length)
  })

  test('whatever the text, there are only these elements, and nothing throws', () => {
    const piece = fc.constantFrom(
      ...['<', '>', '[', ']', '(', ')', '!', '*', '_', '`', '~', '|', '-', '#', '\n', '\n\n', '    ', '&lt;'],
      ...['javascript:', 'data:', '<script>', '<!--', ']]>', 'onerror=', 'a', '中', '\u0000', '\u202e'],
    )
    fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => void read(pieces.join(''))))
  })
})

test('what was searched for is marked in texts and in code, wherever they stand', () => {
  const text = 'a Timeout\n\n- **timeout** `timeout()`\n\n```\nTIMEOUT\n```'
  expect(written(markdownNodes(text, 'Image', 'timeout'))).toBe(
    '<p>a <mark>Timeout</></>' +
      '<ul><li><strong><mark>timeout</></> <code><mark>timeout</>()</></></>' +
      '<pre><code><mark>TIMEOUT</>\n</></>',
  )
})
