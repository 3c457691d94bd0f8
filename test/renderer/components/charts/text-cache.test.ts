import { SVGRenderer } from 'echarts/renderers'
import { init, use } from 'echarts/core'
import { expect, test } from 'vitest'
import '../../../../src/renderer/components/charts/echarts.ts'
import { rankOptions } from '../../../../src/renderer/components/charts/rank-options.ts'

use([SVGRenderer])

const theme = {
  ...{ text: '#000', muted: '#555', line: '#ddd', surface: '#fff', p50: '#00f', p95: '#f80', p99: '#808' },
  ...{ ok: '#08f', error: '#f00', input: '#0aa', output: '#055', cached: '#888', cost: '#70c' },
  font: 'sans-serif',
}
const NAMES = ['__proto__', 'constructor', 'toString', 'plain-model']

test('a name that all objects inherit changes no object when it is drawn, and is drawn', () => {
  const inherited = Object.getOwnPropertyNames(Object.prototype)
  const bars = NAMES.map((name) => ({ name, value: 1, text: '1', facts: [] }))
  const chart = init(null, undefined, { renderer: 'svg', ssr: true, width: 600, height: 300 })
  chart.setOption(rankOptions(bars, { theme, color: theme.ok, description: 'A chart.' }))
  // What is remembered of a text is used the second time.
  chart.setOption(rankOptions(bars.toReversed(), { theme, color: theme.ok, description: 'A chart.' }))
  const picture = chart.renderToSVGString()
  chart.dispose()
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(inherited)
  expect(Object.keys(Object)).toEqual([])
  expect(picture).not.toContain('NaN')
  for (const name of NAMES) expect(picture).toContain(`>${name}</text>`)
})
