import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import type { Snippet } from '../../src/renderer/pages/connect/snippets/snippet.ts'

const run = promisify(execFile)
const projectRoot = join(import.meta.dirname, '../..')

/** An app's folder with the client file in it and with this project's packages installed. */
export function makeAppFolder(clientFile?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'llmops-snippet-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'), 'junction')
  if (clientFile !== undefined) {
    cpSync(join(projectRoot, 'resources/sdk', clientFile), join(folder, clientFile))
  }
  return folder
}

export function write(folder: string, name: string, text: string): void {
  writeFileSync(join(folder, name), text)
}

/** Runs lines as a developer does who pastes them into bash. */
export async function bash(folder: string, lines: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stdout } = await run('bash', ['-euc', lines], { cwd: folder, env: { ...process.env, ...env } })
  return stdout
}

/** The text of the snippet with this title. */
export function textOf(snippets: readonly Snippet[], title: string): string {
  const found = snippets.find((snippet) => snippet.title === title)
  if (!found) throw new Error(`there is no snippet ${title}`)
  return found.text
}
