import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

export const CLIENTS_FOLDER = join(import.meta.dirname, '..', '..', '..', 'clients')

/**
 * Installs the packages of other people's clients, unless they are. They are no packages of the console's: nobody who only starts
 * it needs them, and they would quarrel over versions.
 */
export async function installClients(): Promise<void> {
  const [wanted, installed] = await Promise.all([
    stat(join(CLIENTS_FOLDER, 'package-lock.json')),
    stat(join(CLIENTS_FOLDER, 'node_modules', '.package-lock.json')).catch(() => null),
  ])
  if (installed !== null && installed.mtimeMs >= wanted.mtimeMs) return
  const quietly = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  await promisify(execFile)('npm', ['ci', ...quietly], { cwd: CLIENTS_FOLDER })
}
