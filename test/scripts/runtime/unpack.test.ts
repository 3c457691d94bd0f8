import { readlinkSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { extractZip } from '../../../scripts/runtime/unpack.ts'
import { makeZip, type ZipEntry } from '../make-zip.ts'
import { temporaryFolder } from '../temporary-folder.ts'

function zipFile(entries: ZipEntry[]): { zip: string; folder: string } {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'a.zip'), makeZip(entries))
  return { zip: join(folder, 'a.zip'), folder: join(folder, 'out') }
}

test('modes and symbolic links survive', async () => {
  const { zip, folder } = zipFile([
    { path: 'bin/run', content: '#!/bin/sh', mode: 0o100755 },
    { path: 'bin/data', content: 'x', mode: 0o100644 },
    { path: 'bin/link', content: 'run', mode: 0o120777 },
  ])
  await extractZip(zip, folder, (path) => path)
  expect(statSync(join(folder, 'bin', 'run')).mode & 0o777).toBe(0o755)
  expect(statSync(join(folder, 'bin', 'data')).mode & 0o777).toBe(0o644)
  expect(readlinkSync(join(folder, 'bin', 'link'))).toBe('run')
})

test('entries go where they are placed, or nowhere', async () => {
  const { zip, folder } = zipFile([
    { path: 'App/keep', content: 'yes', mode: 0o100644 },
    { path: 'App/drop', content: 'no', mode: 0o100644 },
  ])
  await extractZip(zip, folder, (path) => (path === 'App/keep' ? 'kept' : undefined))
  expect(readFileSync(join(folder, 'kept'), 'utf8')).toBe('yes')
})

test('a link that points outside is refused', async () => {
  const { zip, folder } = zipFile([{ path: 'link', content: '../../etc/passwd', mode: 0o120777 }])
  await expect(extractZip(zip, folder, (path) => path)).rejects.toThrow(/leaves its folder/)
})
