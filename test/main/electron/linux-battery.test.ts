import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { isOnLinuxBattery } from '../../../src/main/electron/linux-battery.ts'

/** As the kernel shows them: a folder for each, a file for each fact. */
function supplies(all: Record<string, Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'llmops-power-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, facts] of Object.entries(all)) {
    mkdirSync(join(folder, name))
    for (const [fact, value] of Object.entries(facts)) writeFileSync(join(folder, name, fact), `${value}\n`)
  }
  return folder
}

const draining = { type: 'Battery', status: 'Discharging' }

test.each([
  ['a laptop on its battery', { AC: { type: 'Mains', online: '0' }, BAT0: draining }, true],
  [
    'one that is plugged in',
    { AC: { type: 'Mains', online: '1' }, BAT0: { type: 'Battery', status: 'Charging' } },
    false,
  ],
  ['one on a weak charger', { UCSI: { type: 'USB', online: '1' }, BAT0: draining }, false],
  ['a desk with a wireless mouse', { mouse: { ...draining, scope: 'Device' } }, false],
  ['a machine that tells nothing', {}, false],
])('%s', async (_name, found, expected) => {
  expect(await isOnLinuxBattery(supplies(found))).toBe(expected)
})

test('without the folder nothing is known', async () => {
  expect(await isOnLinuxBattery(join(tmpdir(), 'no-such-folder'))).toBe(false)
})
