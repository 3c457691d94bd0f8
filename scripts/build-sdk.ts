/**
 * Builds `resources/sdk/app-log.mjs`, the JavaScript client, from its TypeScript by taking the types away.
 *
 *   node scripts/build-sdk.ts
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import ts from 'typescript'

const folder = join(import.meta.dirname, '..', 'resources', 'sdk')
const source = join(folder, 'app-log.ts')
const target = join(folder, 'app-log.mjs')

/** The text of the JavaScript client: the same for the same source. */
export async function buildSdk(): Promise<string> {
  const { outputText } = ts.transpileModule(await readFile(source, 'utf8'), {
    fileName: source,
    // Node 18 and every browser of its time.
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      newLine: ts.NewLineKind.LineFeed,
    },
  })
  return format(outputText, { ...(await resolveConfig(target)), parser: 'babel' })
}

if (import.meta.main) await writeFile(target, await buildSdk())
