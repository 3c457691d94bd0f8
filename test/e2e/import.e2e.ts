import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from '@playwright/test'
import type { RunningApp } from './launch.ts'
import { electronPath, launchApp, makeDataDir } from './launch.ts'

let running: RunningApp
test.afterEach(async () => {
  expect(running.complaints).toEqual([])
  await running.close()
})

test('a file that is opened with the console is looked at, also while it runs, and imported only on demand', async () => {
  const dataDir = makeDataDir()
  const fileOf = (name: string) => {
    const file = join(dataDir, `${name}.jsonl`)
    writeFileSync(file, JSON.stringify({ requestId: name, app: `app-of-${name}`, durationMs: 5 }))
    return file
  }
  running = await launchApp({ dataDir, args: ['--port', '0', fileOf('first')] })
  const chosen = running.page.getByTestId('import-chosen')
  await expect(chosen).toContainText('first.jsonl')
  await expect(chosen).toContainText('app-of-first')

  const second = spawn(
    electronPath(),
    [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '.',
      ...['--data-dir', dataDir, pathToFileURL(fileOf('second')).href],
    ],
    { cwd: join(import.meta.dirname, '../..'), stdio: 'ignore' },
  )
  expect(await once(second, 'exit')).toEqual([0, null])
  await expect(chosen).toContainText('second.jsonl')
  await chosen.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(running.page.getByTestId('import-report')).toContainText('Imported calls1')
})

test('an export of Langfuse is looked at, imported, and told of, broken lines by their number', async () => {
  running = await launchApp()
  const { page, app, dataDir, url } = running
  const folder = join(dataDir, 'exports')
  mkdirSync(folder)
  const file = join(folder, 'observations.jsonl')
  const lines = Array.from({ length: 30 }, (_, index) =>
    JSON.stringify({
      id: `obs-${index}`,
      trace_id: `trace-${index}`,
      type: 'GENERATION',
      start_time: '2026-05-29 13:46:19.963000',
      end_time: '2026-05-29 13:46:20.963000',
      provided_model_name: 'gpt-4o',
      usage_details: { input: 7, output: 3, total: 10 },
    }),
  )
  lines[12] = '{"broken'
  writeFileSync(file, lines.join('\n'))
  await app.evaluate(({ dialog }, path) => {
    Reflect.set(dialog, 'showOpenDialog', async () => ({ canceled: false, filePaths: [path] }))
  }, file)

  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.getByTestId('import').getByRole('button', { name: 'Choose a file…' }).click()
  const chosen = page.getByTestId('import-chosen')
  await expect(chosen).toContainText('observations.jsonl')
  await expect(chosen).toContainText('Langfuse')
  await expect(chosen.getByRole('row')).toHaveCount(6)
  await chosen.getByLabel('App').fill('shop')
  await chosen.getByRole('button', { name: 'Import', exact: true }).click()
  const report = page.getByTestId('import-report')
  await expect(report).toContainText('The file was imported.')
  await expect(report).toContainText('Imported calls29')
  await expect(report).toContainText('Line 13: is not valid JSON')

  const token = readFileSync(join(dataDir, 'token'), 'utf8').trim()
  const answer = await fetch(`${url}/v1/app-logs?app=shop`, { headers: { authorization: `Bearer ${token}` } })
  expect(await answer.text()).toContain('"requestId":"trace-29-obs-29"')
})

test('a file is dropped where it is to be imported', async () => {
  running = await launchApp()
  const { page, dataDir } = running
  const file = join(dataDir, 'calls.jsonl')
  writeFileSync(file, JSON.stringify({ requestId: 'dropped', app: 'shop' }))
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  const button = page.getByTestId('import').getByRole('button', { name: 'Choose a file…' })
  await button.scrollIntoViewIfNeeded()
  const box = await button.boundingBox()
  if (!box) throw new Error('there is no button')
  const session = await page.context().newCDPSession(page)
  const place = { x: box.x + 5, y: box.y + 5, data: { items: [], files: [file], dragOperationsMask: 1 } }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, ...place })
  const chosen = page.getByTestId('import-chosen')
  await expect(chosen).toContainText('calls.jsonl')
  await chosen.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(page.getByTestId('import-report')).toContainText('Imported calls1')
})
