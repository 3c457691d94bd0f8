import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ts from 'typescript'
import { readVendorResults, VENDOR_RESULTS_FILE } from './vendor-results.ts'

const FIXTURES = join(import.meta.dirname, 'fixtures')
export const CLIENT_FILES = join(import.meta.dirname, '..', '..', 'resources', 'sdk')
const RUN_TIMEOUT_MS = 60_000

/** A program that uses a client file, as a user's app does. All of them take the same commands. */
export interface ClientProgram {
  language: 'python' | 'javascript' | 'java'
  command: readonly string[]
  /** Where its files lie. */
  folder: string
  remove(): void
}

export interface Ended {
  code: number | null
  /** What it printed, a JSON value a line. */
  said: unknown[]
  stderr: string
}

/** Runs it to its end. It finds nothing of this process's environment but the path. */
export function runProgram(
  program: ClientProgram,
  args: readonly (string | number)[],
  env: Record<string, string>,
): Promise<Ended> {
  const [file = '', ...rest] = program.command
  const options = {
    cwd: program.folder,
    timeout: RUN_TIMEOUT_MS,
    env: { PATH: process.env['PATH'], VENDOR_RESULTS: VENDOR_RESULTS_FILE, ...env },
  }
  return new Promise((resolve) => {
    const child = execFile(file, [...rest, ...args.map(String)], options, (_error, stdout, stderr) => {
      const said = stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line): unknown => JSON.parse(line))
      resolve({ code: child.exitCode, said, stderr })
    })
  })
}

/** Whether a command is there, by what its version says. */
export function hasCommand(command: string, versionOption: string): boolean {
  return spawnSync(command, [versionOption]).status === 0
}

function folderFor(
  language: ClientProgram['language'],
): Pick<ClientProgram, 'language' | 'folder' | 'remove'> {
  const folder = mkdtempSync(join(tmpdir(), `llmops-${language}-`))
  return { language, folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

export function pythonProgram(): ClientProgram {
  const place = folderFor('python')
  copyFileSync(join(CLIENT_FILES, 'app_log.py'), join(place.folder, 'app_log.py'))
  copyFileSync(join(FIXTURES, 'app.py'), join(place.folder, 'app.py'))
  return { ...place, command: ['python3', '-W', 'error', join(place.folder, 'app.py')] }
}

export function javaScriptProgram(): ClientProgram {
  const place = folderFor('javascript')
  copyFileSync(join(CLIENT_FILES, 'app-log.mjs'), join(place.folder, 'app-log.mjs'))
  const source = readFileSync(join(FIXTURES, 'app.ts'), 'utf8').replace(
    '../../../resources/sdk/app-log.ts',
    './app-log.mjs',
  )
  // Node runs no decorators yet.
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  })
  writeFileSync(join(place.folder, 'app.mjs'), outputText)
  return { ...place, command: [process.execPath, join(place.folder, 'app.mjs')] }
}

export function javaProgram(): ClientProgram {
  const place = folderFor('java')
  const vendorResults = join(place.folder, 'VendorResults.java')
  writeFileSync(vendorResults, javaVendorResults())
  return {
    ...place,
    command: compileJava(place.folder, 'app.App', [join(FIXTURES, 'App.java'), vendorResults]),
  }
}

/** A bean and its aspect, with stand-ins for the few types of AspectJ and Spring that the aspect names. */
export function javaAspectProgram(): ClientProgram {
  const place = folderFor('java')
  const folder = join(FIXTURES, 'aspect')
  const standIns = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.java'),
  )
  const sources = [
    join(CLIENT_FILES, 'java', 'AppLogAspect.java'),
    ...standIns.map((path) => join(folder, path)),
  ]
  return { ...place, command: compileJava(place.folder, 'app.AspectApp', sources) }
}

/** Compiles a program with the client file, every warning an error, and gives the command that runs it. */
function compileJava(folder: string, main: string, sources: readonly string[]): string[] {
  const classes = join(folder, 'classes')
  const options = ['--release', '17', '-encoding', 'UTF-8', '-d', classes]
  // A scope is closed and else not referenced: that is its use.
  const strictness = ['-Xlint:all,-try', '-Werror']
  execFileSync('javac', [...strictness, ...options, join(CLIENT_FILES, 'java', 'AppLog.java'), ...sources])
  return ['java', '-cp', classes, main]
}

/** The same results as Java's maps and lists: the language has no JSON. */
function javaVendorResults(): string {
  const methods = Object.entries(readVendorResults()).map(
    ([name, value]) => `    static Object ${name}() { return ${javaValue(value)}; }\n`,
  )
  return `package app;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

final class VendorResults {
${methods.join('')}
    private static Map<String, Object> map(Object... entries) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < entries.length; i += 2) map.put((String) entries[i], entries[i + 1]);
        return map;
    }
}
`
}

function javaValue(value: unknown): string {
  if (Array.isArray(value)) return `Arrays.<Object>asList(${value.map(javaValue).join(', ')})`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}, ${javaValue(item)}`)
    return `map(${entries.join(', ')})`
  }
  return JSON.stringify(value)
}
