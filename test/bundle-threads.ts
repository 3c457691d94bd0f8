import { readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'vite'
import { build } from 'vite'
import type { TestProject } from 'vitest/node'

const root = join(import.meta.dirname, '..')
const source = join(root, 'src', 'main')
/** Its own for each run: several may go on at once. */
const folder = join(root, 'out', 'test-threads', String(process.pid))
/** Tells the processes of the tests where that is. Modules name it, not the folder: they are kept from run to run. */
const VARIABLE = 'BUNDLED_THREADS_URL'

/**
 * Before tests: bundles the threads of the console as the application's are. Stores are opened by the hundred, and a
 * thread that reads its modules one by one takes three times as long to start.
 */
export default async function bundleThreads(project: TestProject): Promise<() => void> {
  process.env[VARIABLE] = pathToFileURL(join(folder, 'index.js')).href
  await bundle()
  project.onTestsRerun(bundle)
  return () => rmSync(folder, { recursive: true, force: true })
}

async function bundle(): Promise<void> {
  const threads = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('-thread.ts'),
  )
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    ssr: { noExternal: true, external: ['better-sqlite3'] },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: true,
      copyPublicDir: false,
      sourcemap: true,
      target: 'esnext',
      rollupOptions: {
        input: Object.fromEntries(threads.map((name) => [basename(name, '.ts'), join(source, name)])),
      },
    },
  })
}

/** Has what starts a thread start the bundled one: to it, it lies beside them. */
export const bundledThreads: Plugin = {
  name: 'bundled-threads',
  enforce: 'pre',
  transform(code, id) {
    if (!id.startsWith(source) || !code.includes('new Worker(')) return
    return { code: code.replaceAll('import.meta.url', `process.env['${VARIABLE}']`), map: null }
  },
}
