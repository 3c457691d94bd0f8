import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const headless = join(import.meta.dirname, '..', '..', 'src', 'main', 'headless.ts')

/** Runs a server in a process of its own for as long as something is measured. It says its url on its first line. */
export async function withServer<T>(
  script: string,
  args: string[],
  measure: (url: string) => Promise<T>,
): Promise<T> {
  const server = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    return await measure(await firstUrl(server))
  } finally {
    const ended = once(server, 'exit')
    server.kill('SIGTERM')
    await ended
  }
}

/** Runs the console on a fresh folder. */
export async function withConsole<T>(
  measure: (running: { url: string; token: string }) => Promise<T>,
): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), 'llmops-bench-'))
  try {
    return await withServer(headless, ['--data-dir', dataDir, '--port', '0'], (url) =>
      measure({ url, token: readFileSync(join(dataDir, 'token'), 'utf8').trim() }),
    )
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** Reads the line in which a server says where it listens. */
async function firstUrl(server: ChildProcess): Promise<string> {
  if (!server.stdout) throw new Error('the server has no output')
  for await (const line of createInterface({ input: server.stdout })) {
    const said: unknown = JSON.parse(line)
    if (typeof said === 'object' && said !== null && 'url' in said && typeof said.url === 'string')
      return said.url
  }
  throw new Error('the server ended before it listened')
}
