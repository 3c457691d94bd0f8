/**
 * `npm run lint`: every file by the rules of `eslint.config.js`. Editors, and `npx eslint` with some files, need nothing
 * of this: it is for all files at once.
 *
 * By itself the linter gives TypeScript one Vue file after the other, and with each all types are worked out anew,
 * those of the contract first of all. Here each project is read once, with the scripts of its Vue files.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as typescript from '@typescript-eslint/parser'
import { ESLint } from 'eslint'
import ts from 'typescript'
import { parseForESLint } from 'vue-eslint-parser'
import { projectRoot } from './build.ts'
import { Failure, runScript } from './failure.ts'

const PROJECTS = ['tsconfig.node.json', 'tsconfig.e2e.json', 'tsconfig.web.json']
const VUE = { extension: '.vue', isMixedContent: true, scriptKind: ts.ScriptKind.Deferred }

async function lint(): Promise<void> {
  const parser = parserOver(PROJECTS.map(readProject))
  const eslint = new ESLint({
    cwd: projectRoot,
    overrideConfig: [
      { files: ['**/*.ts'], languageOptions: { parser } },
      { files: ['**/*.vue'], languageOptions: { parserOptions: { parser } } },
      { files: ['**/*.{ts,vue}'], languageOptions: { parserOptions: { projectService: false } } },
    ],
  })
  const results = await eslint.lintFiles(['.'])
  if (!results.some(({ errorCount, warningCount }) => errorCount + warningCount > 0)) return
  const formatter = await eslint.loadFormatter('stylish')
  console.error(await formatter.format(results))
  process.exitCode = 1
}

/**
 * Parses with the types of the project that has this text. The parser for Vue also hands on single expressions, and a
 * hashbang comes as a comment.
 */
function parserOver(projects: readonly ts.Program[]) {
  return {
    ...typescript,
    parseForESLint(code: string, options: typescript.ParserOptions) {
      const path = options.filePath ?? ''
      const project = projects.find((each) => each.getSourceFile(path)?.text.slice(2) === code.slice(2))
      return typescript.parseForESLint(code, project ? { ...options, programs: [project] } : options)
    },
  }
}

function readProject(name: string): ts.Program {
  const file = join(projectRoot, name)
  const found = ts.getParsedCommandLineOfConfigFile(
    file,
    { allowNonTsExtensions: true },
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic({ messageText }) {
        throw new Failure(`${name}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
      },
    },
    undefined,
    undefined,
    [VUE],
  )
  const { fileNames = [], options = {} } = found ?? {}
  const host = ts.createCompilerHost(options, true)
  const read = host.getSourceFile.bind(host)
  host.getSourceFile = (path, language, ...rest) =>
    path.endsWith(VUE.extension)
      ? ts.createSourceFile(path, scriptOf(path), language, true, ts.ScriptKind.TS)
      : read(path, language, ...rest)
  return ts.createProgram(fileNames, options, host)
}

/** The script of a component as the parser for Vue hands it on, which adds what stands in the tag. */
function scriptOf(path: string): string {
  let script = ''
  const parser = {
    parseForESLint(code: string, options: typescript.ParserOptions) {
      // Single expressions come without a project.
      if (options.project === true) script = code
      return typescript.parseForESLint(code, { ...options, project: false })
    },
  }
  parseForESLint(readFileSync(path, 'utf8'), { filePath: path, sourceType: 'module', parser, project: true })
  return script
}

await runScript(lint)
