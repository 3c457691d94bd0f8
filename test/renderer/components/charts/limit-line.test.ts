import { LineChart } from 'echarts/charts'
import { GridComponent, MarkLineComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { expect, test } from 'vitest'
import { limitLine } from '../../../../src/renderer/components/charts/limit-line.ts'

use([LineChart, GridComponent, MarkLineComponent, SVGRenderer])

const theme = { error: '#f00', text: '#000', surface: '#fff' }

test.each([0.001, 0.0254, 0.5, 12])('a limit of %d is drawn where it is', (value) => {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 400, height: 300 })
  chart.setOption({
    animation: false,
    xAxis: { type: 'value', min: 0, max: 1 },
    yAxis: { type: 'value', min: 0, max: value * 2 },
    series: [{ type: 'line', data: [], markLine: limitLine({ value, text: 'limit' }, theme) }],
  })
  const [, y] = /<path d="M\S+ (\S+)L[^"]*"[^>]*stroke="#f00"/.exec(chart.renderToSVGString()) ?? []
  expect(Number(y)).toBeCloseTo(Number(chart.convertToPixel({ yAxisIndex: 0 }, value)), 0)
  chart.dispose()
})
