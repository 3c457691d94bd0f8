import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLogFiles } from '../../../src/main/electron/log-files.ts'

let folder: string
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'llmops-logs-')), 'logs')
})
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }))

const read = (name: string) => readFileSync(join(folder, name), 'utf8')

test('lines are in a file that only its owner may read', () => {
  openLogFiles(folder, { bytes: 1_000, files: 3 }).write('a line\n')
  expect(read('llmops-console.log')).toBe('a line\n')
  if (process.platform === 'win32') return
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(statSync(join(folder, 'llmops-console.log')).mode & 0o777).toBe(0o600)
})

test('a full file is put aside, and the oldest goes', () => {
  const files = openLogFiles(folder, { bytes: 20, files: 3 })
  for (let line = 1; line <= 9; line += 1) files.write(`line ${line}...\n`)
  expect(readdirSync(folder).sort()).toEqual([
    'llmops-console.1.log',
    'llmops-console.2.log',
    'llmops-console.log',
  ])
  expect(read('llmops-console.2.log')).toBe('line 5...\nline 6...\n')
  expect(read('llmops-console.1.log')).toBe('line 7...\nline 8...\n')
  expect(read('llmops-console.log')).toBe('line 9...\n')
})

test('a next start goes on where the last one was', () => {
  openLogFiles(folder, { bytes: 25, files: 2 }).write('first start\n')
  const files = openLogFiles(folder, { bytes: 25, files: 2 })
  files.write('second one\n')
  expect(read('llmops-console.log')).toBe('first start\nsecond one\n')
  files.write('third line\n')
  expect(read('llmops-console.1.log')).toBe('first start\nsecond one\n')
})

test('without a folder lines are lost and nothing else is', () => {
  writeFileSync(folder, 'no folder')
  const files = openLogFiles(join(folder, 'logs'), { bytes: 100, files: 2 })
  expect(() => files.write('a line\n')).not.toThrow()
})
