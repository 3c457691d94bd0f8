/**
 * Electron's own distribution carries `resources/default_app.asar`, which makes `electron <folder>` start the
 * project in that folder. The npm-registry runtime comes without it, so this writes one that does the same.
 *
 * Why not a link `resources/app` → project: the runtime lies in a cache that several checkouts share, and
 * `resources/app` would be found before a packaged application's `app.asar`. Packagers expect, and remove,
 * `default_app.asar`.
 */
import { writeFile } from 'node:fs/promises'

const packageJson = JSON.stringify({ name: 'electron', productName: 'Electron', main: 'main.mjs' })

// The same steps as Electron's default app. The import is awaited at the top level, so 'ready' waits for it.
const mainModule = `import { app, dialog } from 'electron'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

async function start(folder) {
  Object.defineProperty(process, 'defaultApp', { configurable: false, enumerable: true, value: true })
  const manifestPath = join(folder, 'package.json')
  const isPackage = existsSync(manifestPath)
  if (isPackage) {
    const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'))
    if (manifest.version) app.setVersion(manifest.version)
    const name = manifest.productName ?? manifest.name
    if (name) app.name = name
    app.setDesktopName(manifest.desktopName ?? app.name + '.desktop')
  }
  let entry
  try {
    entry = createRequire(manifestPath).resolve(folder)
  } catch (error) {
    dialog.showErrorBox('Cannot start ' + folder, String(error))
    app.exit(1)
    return
  }
  app.setAppPath(isPackage ? folder : dirname(entry))
  await import(pathToFileURL(entry).href)
}

const path = process.argv.slice(1).find((argument) => !argument.startsWith('-'))
if (path === undefined) {
  console.error('Usage: electron [options] <folder>')
  app.exit(1)
} else {
  await start(resolve(path))
}
`

export async function writeDefaultApp(file: string): Promise<void> {
  await writeFile(file, asar({ 'main.mjs': mainModule, 'package.json': packageJson }))
}

/**
 * An asar archive of a few small files. Format: two Chromium "pickles" (little-endian lengths around the size
 * of the header, then around the header, which is JSON), then the files' bytes.
 * https://github.com/electron/asar#format
 */
export function asar(contents: Record<string, string>): Buffer {
  const files: Record<string, { size: number; offset: string }> = {}
  const bodies: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(contents)) {
    const body = Buffer.from(content)
    files[name] = { size: body.length, offset: String(offset) }
    bodies.push(body)
    offset += body.length
  }
  const header = Buffer.from(JSON.stringify({ files }))
  const paddedLength = Math.ceil(header.length / 4) * 4
  const lengths = Buffer.alloc(16)
  lengths.writeUInt32LE(4, 0)
  lengths.writeUInt32LE(paddedLength + 8, 4)
  lengths.writeUInt32LE(paddedLength + 4, 8)
  lengths.writeUInt32LE(header.length, 12)
  return Buffer.concat([lengths, header, Buffer.alloc(paddedLength - header.length), ...bodies])
}
