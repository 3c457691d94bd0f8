import { mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { digestInputs, ensureBuild } from '../../scripts/build.ts'
import { temporaryFolder } from './temporary-folder.ts'

function project(): string {
  const root = temporaryFolder()
  mkdirSync(join(root, 'src', 'main'), { recursive: true })
  mkdirSync(join(root, 'test'))
  writeFileSync(join(root, 'src', 'main', 'index.ts'), 'export {}')
  writeFileSync(join(root, 'src', 'main', 'other.ts'), '')
  writeFileSync(join(root, 'package.json'), '{}')
  writeFileSync(join(root, 'README.md'), 'read')
  return root
}

test.each<[string, (root: string) => void]>([
  ['a source file changes', (root) => writeFileSync(join(root, 'src', 'main', 'index.ts'), 'export { }')],
  ['a file is added', (root) => writeFileSync(join(root, 'src', 'main', 'new.ts'), '')],
  [
    'a file is renamed',
    (root) => renameSync(join(root, 'src/main/other.ts'), join(root, 'src/main/moved.ts')),
  ],
  ['text moves from one file to the next', (root) => moveText(root)],
  ['a TypeScript configuration appears', (root) => writeFileSync(join(root, 'tsconfig.node.json'), '{}')],
  ['package.json changes', (root) => writeFileSync(join(root, 'package.json'), '{"a":1}')],
])('the digest is another when %s', (_, change) => {
  const root = project()
  const before = digestInputs(root)
  change(root)
  expect(digestInputs(root)).not.toBe(before)
})

test('the digest stays when only times, tests or documents change', () => {
  const root = project()
  const before = digestInputs(root)
  utimesSync(join(root, 'src', 'main', 'index.ts'), new Date(0), new Date(0))
  writeFileSync(join(root, 'README.md'), 'changed')
  writeFileSync(join(root, 'test', 'a.test.ts'), '')
  expect(digestInputs(root)).toBe(before)
})

test('a fresh build is left alone, and a stale one that fails says how', async () => {
  const root = project()
  mkdirSync(join(root, 'out'))
  writeFileSync(join(root, 'out', '.build-stamp'), digestInputs(root))
  await ensureBuild(root)
  writeFileSync(join(root, 'src', 'main', 'index.ts'), 'changed')
  // This project has no electron-vite, which is failure enough.
  await expect(ensureBuild(root)).rejects.toThrow(/Cannot find module[^]*The build failed/)
})

function moveText(root: string): void {
  writeFileSync(join(root, 'src', 'main', 'index.ts'), 'export ')
  writeFileSync(join(root, 'src', 'main', 'other.ts'), '{}')
}
