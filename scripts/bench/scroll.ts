import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { ElectronApplication, Page } from '@playwright/test'
import { _electron } from '@playwright/test'
import { LIMITS } from '../../src/shared/limits.ts'
import { openStore } from '../../src/main/store/store.ts'
import { ensureBuild, projectRoot } from '../build.ts'
import { resolveElectron } from '../electron-runtime.ts'
import { Failure, say } from '../failure.ts'
import { needsNoSandbox } from '../linux-desktop.ts'
import { startVirtualDisplay } from '../virtual-display.ts'
import { DATABASE_FILE, makeDataSet, openDataSet } from './data-set.ts'
import { median } from './median.ts'

const FEW = 1_000
const MANY = 1_000_000
/** As a wheel that is turned without a pause. */
const PX_PER_SECOND = 3_000
const ROW_PX = 36
/** Both windows are open, and one after the other is scrolled: what else the machine does falls on both alike. */
const SLICES = 15
const SECONDS = 2
/** What follows the calls, and what the page loads at first, is not what is measured. */
const SETTLE_MS = 3_000
const BAR = 0.9

interface Scrolled {
  framesPerSecond: number
  /** Between two frames. */
  p95Ms: number
  worstMs: number
  /** The furthest. */
  row: number
}

/**
 * Frames a second while the list of all calls is scrolled down, over a thousand and over a million calls, in the real
 * window and by its own frames, one beside the other in the same run. The million is a copy: the console adds to it.
 *
 *   npm run bench -- scroll [--data-dir <a data folder, instead of the made-up million>]
 */
export async function benchScroll(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { 'data-dir': { type: 'string' } } })
  const source = values['data-dir'] ?? (await openDataSet(MANY, 'ordinary')).folder
  const folder = mkdtempSync(join(tmpdir(), 'llmops-scroll-'))
  try {
    const few = join(folder, 'few')
    const many = join(folder, 'many')
    for (const path of [few, many]) mkdirSync(path, { mode: 0o700 })
    await makeDataSet(few, FEW, 'ordinary')
    say('copying the data set')
    cpSync(join(source, DATABASE_FILE), join(many, DATABASE_FILE))
    // What an older version left to be done is not what is measured.
    const store = await openStore({ dataDir: many })
    await store.finishTextIndex()
    await store.close()
    if ((await measure(few, many)) < BAR) throw new Failure(`Scrolling over many calls is below ${BAR} ×.`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(few: string, many: string): Promise<number> {
  const electron = await resolveElectron()
  await ensureBuild()
  const display = process.platform === 'linux' ? await startVirtualDisplay() : undefined
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    ...(display ? { DISPLAY: display.display } : {}),
    ...(electron.sqliteBinding ? { LLMOPS_SQLITE_BINDING: electron.sqliteBinding } : {}),
  }
  const open = (dataDir: string): Promise<ElectronApplication> =>
    _electron.launch({
      executablePath: electron.executablePath,
      cwd: projectRoot,
      args: [
        ...(needsNoSandbox(electron.dir) ? ['--no-sandbox'] : []),
        ...['--lang=en', '.', '--port', '0', '--data-dir', dataDir],
      ],
      env,
      // A data folder of an older version is brought up to date first.
      timeout: 600_000,
    })
  const apps: ElectronApplication[] = []
  try {
    const [fewPage, manyPage] = [await showList(few), await showList(many)]
    const slices: { few: Scrolled; many: Scrolled }[] = []
    for (let slice = 0; slice < SLICES; slice += 1) {
      slices.push({
        few: await scrollList(fewPage, slice, true),
        many: await scrollList(manyPage, slice, false),
      })
    }
    say(`a thousand: ${describe(slices.map((slice) => slice.few))}`)
    say(`a million:  ${describe(slices.map((slice) => slice.many))}`)
    const ratio = median(slices.map((slice) => slice.many.framesPerSecond / slice.few.framesPerSecond))
    say(`frames a second over a million calls: ${ratio.toFixed(3)} × those over a thousand (bar: ${BAR})`)
    return ratio
  } finally {
    for (const app of apps) await app.close()
    await display?.stop()
  }

  async function showList(dataDir: string): Promise<Page> {
    const app = await open(dataDir)
    apps.push(app)
    const page = await app.firstWindow({ timeout: 600_000 })
    const address = `#/calls?from=${LIMITS.earliestStart}&to=${Date.now() + LIMITS.clockAheadMs}`
    await page.evaluate(`location.hash = '${address}'`)
    await page.locator('[data-test=calls] [role=row][id]').nth(5).waitFor()
    await page.waitForTimeout(SETTLE_MS)
    return page
  }
}

function describe(slices: readonly Scrolled[]): string {
  const of = (field: keyof Scrolled) => slices.map((slice) => slice[field])
  return (
    `${median(of('framesPerSecond')).toFixed(1)} frames/s, p95 ${median(of('p95Ms')).toFixed(1)} ms, ` +
    `worst ${Math.max(...of('worstMs')).toFixed(1)} ms, down to row ${Math.max(...of('row'))}`
  )
}

/** Goes on from where the slice before ended; a list that has an end is gone through up and down. */
function scrollList(page: Page, slice: number, hasEnd: boolean): Promise<Scrolled> {
  // As text: it runs in the page, whose types this script does not have.
  return page.evaluate<Scrolled>(`new Promise((resolve) => {
    const list = document.querySelector('[data-test=calls]')
    const times = []
    let row = 0
    const frame = (now) => {
      times.push(now)
      const elapsed = (now - times[0]) / 1000
      const wanted = (${slice * SECONDS} + elapsed) * ${PX_PER_SECOND}
      const length = ${FEW * ROW_PX} - list.clientHeight
            const turned = wanted % (2 * length)
      list.scrollTop = ${hasEnd} ? Math.min(turned, 2 * length - turned) : wanted
      row = Math.max(row, Math.round(list.scrollTop / ${ROW_PX}))
      if (elapsed < ${SECONDS}) return requestAnimationFrame(frame)
      const gaps = times.slice(1).map((time, index) => time - times[index]).sort((a, b) => a - b)
      resolve({
        framesPerSecond: gaps.length / elapsed,
        p95Ms: gaps[Math.floor(gaps.length * 0.95)],
        worstMs: gaps.at(-1),
        row,
      })
    }
    requestAnimationFrame(frame)
  })`)
}
