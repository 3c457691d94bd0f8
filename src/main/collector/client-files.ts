import type { IncomingMessage, ServerResponse } from 'node:http'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sendWhole } from './answer.ts'

/** The clients that apps copy, by their path below `/sdk/`, as plain text: no browser may run or guess them. */
const CLIENT_FILES: ReadonlySet<string> = new Set([
  'app_log.py',
  'app-log.ts',
  'app-log.mjs',
  'feedback-widget.js',
  'java/AppLog.java',
  'java/AppLogAspect.java',
])

const CLIENT_FILES_PATH = '/sdk/'

export function isClientFile(path: string): boolean {
  return path.startsWith(CLIENT_FILES_PATH) && CLIENT_FILES.has(path.slice(CLIENT_FILES_PATH.length))
}

/** `GET /sdk/…`: a client file, whose path `isClientFile`. */
export async function sendClientFile(
  { url = '' }: IncomingMessage,
  response: ServerResponse,
  folder: string,
): Promise<void> {
  const [path = ''] = url.slice(CLIENT_FILES_PATH.length).split('?', 1)
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache' }
  sendWhole(response, 200, headers, await readFile(join(folder, path)))
}
