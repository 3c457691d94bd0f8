import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Page } from '@playwright/test'
import { _electron } from '@playwright/test'
import { LIMITS } from '../../src/shared/limits.ts'
import { ensureBuild, projectRoot } from '../build.ts'
import { resolveElectron } from '../electron-runtime.ts'
import { Failure, say } from '../failure.ts'
import { needsNoSandbox } from '../linux-desktop.ts'
import { startVirtualDisplay } from '../virtual-display.ts'
import { DATABASE_FILE, makeDataSet, openDataSet } from './data-set.ts'
import { median } from './median.ts'

const FEW = 1_000
const MANY = 1_000_000
const ROUNDS = 3
/** As a wheel that is turned without a pause. */
const PX_PER_SECOND = 3_000
const SECONDS = 8
/** What follows the calls, and what the page loads at first, is not what is measured. */
const SETTLE_MS = 3_000
const BAR = 0.9

interface Scrolled {
  framesPerSecond: number
  /** Between two frames. */
  p95Ms: number
  worstMs: number
  rows: number
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
    const rates = await measure(few, many)
    if (rates.many / rates.few < BAR) throw new Failure(`Scrolling over many calls is below ${BAR} ×.`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(few: string, many: string): Promise<{ few: number; many: number }> {
  const electron = await resolveElectron()
  await ensureBuild()
  const display = process.platform === 'linux' ? await startVirtualDisplay() : undefined
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    ...(display ? { DISPLAY: display.display } : {}),
    ...(electron.sqliteBinding ? { LLMOPS_SQLITE_BINDING: electron.sqliteBinding } : {}),
  }
  const scroll = async (dataDir: string): Promise<Scrolled> => {
    const app = await _electron.launch({
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
    try {
      return await scrollList(await app.firstWindow({ timeout: 600_000 }))
    } finally {
      await app.close()
    }
  }
  try {
    const results = { few: [] as Scrolled[], many: [] as Scrolled[] }
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const [name, dataDir] of [
        ['few', few],
        ['many', many],
      ] as const) {
        const result = await scroll(dataDir)
        results[name].push(result)
        const { framesPerSecond, p95Ms, worstMs, rows } = result
        console.log(
          `${name === 'few' ? '    1,000' : '1,000,000'} calls, round ${round}: ${framesPerSecond.toFixed(1)} frames/s,` +
            ` p95 ${p95Ms.toFixed(1)} ms, worst ${worstMs.toFixed(1)} ms, ${rows} rows gone through`,
        )
      }
    }
    const rate = (of: Scrolled[]) => median(of.map(({ framesPerSecond }) => framesPerSecond))
    const rates = { few: rate(results.few), many: rate(results.many) }
    console.log(
      `frames a second over a million calls: ${(rates.many / rates.few).toFixed(3)} × those over a thousand (bar: ${BAR})`,
    )
    return rates
  } finally {
    await display?.stop()
  }
}

async function scrollList(page: Page): Promise<Scrolled> {
  const address = `#/calls?from=${LIMITS.earliestStart}&to=${Date.now() + LIMITS.clockAheadMs}`
  await page.evaluate(`location.hash = '${address}'`)
  await page.locator('[data-test=calls] [role=row][id]').nth(5).waitFor()
  await page.waitForTimeout(SETTLE_MS)
  // As text: it runs in the page, whose types this script does not have.
  return page.evaluate<Scrolled>(`new Promise((resolve) => {
    const list = document.querySelector('[data-test=calls]')
    const times = []
    const frame = (now) => {
      times.push(now)
      const elapsed = (now - times[0]) / 1000
      list.scrollTop = elapsed * ${PX_PER_SECOND}
      if (elapsed < ${SECONDS}) return requestAnimationFrame(frame)
      const gaps = times.slice(1).map((time, index) => time - times[index]).sort((a, b) => a - b)
      resolve({
        framesPerSecond: gaps.length / elapsed,
        p95Ms: gaps[Math.floor(gaps.length * 0.95)],
        worstMs: gaps.at(-1),
        rows: Math.round(list.scrollTop / 36),
      })
    }
    requestAnimationFrame(frame)
  })`)
}
