import type { EChartsOption } from 'echarts'
import { init } from 'echarts/core'
import type { ChartTheme } from './chart-theme.ts'

/** The same size whatever the window's, so that pictures in one report are alike. In CSS pixels. */
const WIDTH = 960
const HEIGHT = 400
const PIXEL_RATIO = 2

/**
 * Draws a chart as a picture that stands alone: with its title, its time and a legend, on the theme's background.
 *
 * @throws if the platform cannot make it.
 */
export async function chartPicture(picture: {
  option: EChartsOption
  title: string
  subtitle: string
  /** Names of the series, in the order of the legend. */
  legend: readonly string[]
  theme: ChartTheme
}): Promise<Blob> {
  const { option, title, subtitle, legend, theme } = picture
  const chart = init(document.createElement('div'), undefined, {
    width: WIDTH,
    height: HEIGHT,
    devicePixelRatio: PIXEL_RATIO,
  })
  try {
    chart.setOption({
      ...option,
      title: {
        text: title,
        subtext: subtitle,
        left: 20,
        top: 16,
        itemGap: 6,
        textStyle: { color: theme.text, fontSize: 16, fontWeight: 600, fontFamily: theme.font },
        subtextStyle: { color: theme.muted, fontSize: 12, fontFamily: theme.font },
      },
      legend: {
        data: [...legend],
        right: 20,
        top: 18,
        itemWidth: 24,
        itemHeight: 10,
        textStyle: { color: theme.text, fontSize: 12, fontFamily: theme.font },
      },
      grid: { top: 84, bottom: 36, ...sidesOf(option) },
    })
    const canvas = chart.renderToCanvas({ pixelRatio: PIXEL_RATIO, backgroundColor: theme.surface })
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture was made'))), 'image/png')
    })
  } finally {
    chart.dispose()
  }
}

/** Room for what stands beside the plot: more than usual where the names of bars do. */
function sidesOf({ grid }: EChartsOption): { left: number; right: number } {
  const own = Array.isArray(grid) ? grid[0] : grid
  const atLeast = (least: number, side: unknown) => Math.max(least, typeof side === 'number' ? side : 0)
  return { left: atLeast(68, own?.left), right: atLeast(24, own?.right) }
}
