import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '#shared/contract/settings.ts'
import { firstPage } from '../../../src/main/electron/first-page.ts'
import { keepLooks } from '../../../src/main/electron/looks-file.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { recordingLog } from '../../start-console.ts'

const PAGE = '<!doctype html>\n<html lang="en"><body></body></html>\n'

function files() {
  const folder = temporaryFolder()
  const [page, looks] = [join(folder, 'index.html'), join(folder, 'looks.json')]
  writeFileSync(page, PAGE)
  return { folder, page, looks }
}

/** What a browser makes of an attribute. */
function looksIn(html: string): unknown {
  const [, text = ''] = /data-looks="([^"]*)"/.exec(html) ?? []
  const plain = text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>')
  return JSON.parse(plain.replaceAll('&amp;', '&'))
}

test('the page is told how the window looked last, and nothing else of the settings', () => {
  const { page, looks } = files()
  expect(firstPage(page, looks)).toBe(PAGE)

  const dashboardPanels = [{ id: 'cost', isShown: false }]
  const settings = { ...DEFAULT_SETTINGS, language: 'zh-CN', theme: 'dark', dashboardPanels } as const
  keepLooks(looks, { ...settings, dashboardPanels }, recordingLog())
  expect(looksIn(firstPage(page, looks))).toEqual({
    language: 'zh-CN',
    theme: 'dark',
    chartPatterns: false,
    dashboardPanels,
  })
})

test('whatever stands in the file, it stays within its attribute', () => {
  const { page, looks } = files()
  const hostile = '"><script>$&\'</script>'
  writeFileSync(looks, JSON.stringify(hostile))
  const html = firstPage(page, looks)
  expect(html).not.toContain('<script')
  expect(looksIn(html)).toBe(hostile)
})

test('looks that cannot be kept are told to the log, and those that stay the same are not written', () => {
  const { folder, looks } = files()
  const log = recordingLog()
  keepLooks(join(folder, 'gone', 'looks.json'), DEFAULT_SETTINGS, log)
  expect(log.lines).toHaveLength(1)
  keepLooks(looks, DEFAULT_SETTINGS, log)
  const kept = readFileSync(looks, 'utf8')
  writeFileSync(looks, kept, { mode: 0o400 })
  keepLooks(looks, DEFAULT_SETTINGS, log)
  expect(readFileSync(looks, 'utf8')).toBe(kept)
  expect(log.lines).toHaveLength(1)
})
