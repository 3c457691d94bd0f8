import { BarChart, LineChart, PieChart } from 'echarts/charts'
import {
  AriaComponent,
  AxisPointerComponent,
  GridComponent,
  LegendComponent,
  TitleComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
} from 'echarts/components'
import { connect, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { keepDrawnTextsApart } from './text-cache.ts'

keepDrawnTextsApart()

// Only what the pages draw with: the whole of ECharts is three times the size.
use([
  BarChart,
  LineChart,
  PieChart,
  AriaComponent,
  AxisPointerComponent,
  GridComponent,
  LegendComponent,
  TitleComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
  CanvasRenderer,
])

/** Charts of this group share their hover: what happened at one time is seen in all of them. */
export const HOVER_GROUP = 'page'
connect(HOVER_GROUP)

export { default as EChart } from 'vue-echarts'
