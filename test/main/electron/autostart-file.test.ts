import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  addToAutostart,
  isInAutostart,
  removeFromAutostart,
} from '../../../src/main/electron/autostart-file.ts'

let configDir: string
beforeEach(() => (configDir = mkdtempSync(join(tmpdir(), 'llmops-config-'))))
afterEach(() => rmSync(configDir, { recursive: true, force: true }))

const file = () => join(configDir, 'autostart', 'llmops-console.desktop')

test('it is started at login from then on, until that is taken back', () => {
  expect(isInAutostart(configDir)).toBe(false)
  addToAutostart(configDir, ['/opt/LLMOps Console/llmops-console', '--hidden'])
  expect(isInAutostart(configDir)).toBe(true)
  expect(readFileSync(file(), 'utf8')).toContain('Exec="/opt/LLMOps Console/llmops-console" --hidden\n')
  removeFromAutostart(configDir)
  removeFromAutostart(configDir)
  expect(isInAutostart(configDir)).toBe(false)
})

test('an entry that the desktop has switched off is off', () => {
  addToAutostart(configDir, ['llmops-console'])
  const entry = readFileSync(file(), 'utf8')
  writeFileSync(file(), entry.replace('enabled=true', 'enabled=false'))
  expect(isInAutostart(configDir)).toBe(false)
  writeFileSync(file(), `${entry}Hidden=true\n`)
  expect(isInAutostart(configDir)).toBe(false)
})

test.each([
  ['/a/100%/app', 'Exec="/a/100%%/app"'],
  ['/a/$HOME/"x"', 'Exec="/a/\\\\$HOME/\\\\"x\\\\""'],
  ['/a\nExec=evil', 'Exec="/a Exec=evil"'],
])('a path such as %j stays one argument', (path, line) => {
  addToAutostart(configDir, [path])
  const entry = readFileSync(file(), 'utf8').split('\n')
  expect(entry.find((one) => one.startsWith('Exec='))).toBe(line)
  expect(entry.filter((one) => one.startsWith('Exec='))).toHaveLength(1)
})
