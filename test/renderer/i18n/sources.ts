import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import type { SFCTemplateBlock } from 'vue/compiler-sfc'
import { parse } from 'vue/compiler-sfc'
import { en } from '../../../src/renderer/i18n/en.ts'
import { zhCN } from '../../../src/renderer/i18n/zh-CN.ts'

const sourceFolder = join(import.meta.dirname, '../../../src')

function flatten(messages: object, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(messages).flatMap(([key, value]: [string, unknown]) =>
      typeof value === 'object' && value !== null
        ? [...flatten(value, `${prefix}${key}.`)]
        : [[`${prefix}${key}`, String(value)]],
    ),
  )
}

export const english = flatten(en)
export const chinese = flatten(zhCN)

export interface Source {
  /** From the folder of sources. */
  file: string
  text: string
}

export function sourcesOf(folder: 'renderer' | 'main'): Source[] {
  return readdirSync(join(sourceFolder, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(vue|ts)$/.test(file) && !file.startsWith('i18n'))
    .map((file) => ({ file, text: readFileSync(join(sourceFolder, folder, file), 'utf8') }))
}

/** A string that stands in the code, and the property, argument or variable that it is given to. */
export interface Literal {
  file: string
  text: string
  /** `title` of `{ title: 'x' }`, `t()` of `t('x')`. */
  place: string
}

export function scriptLiterals({ file, text }: Source): Literal[] {
  const { script, scriptSetup } = file.endsWith('.vue')
    ? parse(text).descriptor
    : { script: { content: text }, scriptSetup: null }
  return literalsIn(file, `${script?.content ?? ''}\n${scriptSetup?.content ?? ''}`)
}

function literalsIn(file: string, code: string): Literal[] {
  const found: Literal[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
      found.push({ file, text: node.text, place: placeOf(node) })
    } else if (ts.isTemplateExpression(node)) {
      const text = [node.head, ...node.templateSpans.map(({ literal }) => literal)].map((part) => part.text)
      found.push({ file, text: text.join('{}'), place: placeOf(node) })
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('code.ts', code, ts.ScriptTarget.ESNext, true))
  return found
}

/** What a value is given to, through conditions and what stands in for it. */
function placeOf(node: ts.Node): string {
  const { parent } = node
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node ? parent.name.getText() : ''
  if (ts.isVariableDeclaration(parent)) return parent.name.getText()
  if (ts.isCallExpression(parent)) return `${parent.expression.getText()}()`
  if (ts.isConditionalExpression(parent)) return parent.condition === node ? '' : placeOf(parent)
  if (ts.isParenthesizedExpression(parent)) return placeOf(parent)
  if (ts.isBinaryExpression(parent)) {
    const isAlternative = ['??', '||', '+'].includes(parent.operatorToken.getText())
    return isAlternative || parent.right === node ? (isAlternative ? placeOf(parent) : '') : ''
  }
  // The value of an expression of a template.
  if (ts.isExpressionStatement(parent)) return 'shown'
  return ''
}

/** What of an element people read or hear. */
const READ_ATTRIBUTES = new Set([
  ...['title', 'alt', 'placeholder', 'label', 'text', 'hint', 'unit', 'empty', 'name-of', 'without'],
  ...['aria-label', 'aria-description', 'aria-placeholder', 'aria-roledescription', 'aria-valuetext'],
])

type TemplateNode = NonNullable<SFCTemplateBlock['ast']>['children'][number]

/** The strings that a component's template shows: texts, and values of attributes that are read. */
export function templateLiterals({ file, text }: Source): Literal[] {
  const found: Literal[] = []
  const addExpression = (code: string, place: string) => {
    for (const literal of literalsIn(file, `(${code})`)) {
      if (literal.place === 'shown' || literal.place === 't()') {
        found.push({ ...literal, place: literal.place === 't()' ? 't()' : place })
      }
    }
  }
  // Told apart by what they have: the compiler's names of kinds are a const enum of a package that is not ours.
  const visit = (node: TemplateNode): void => {
    if ('props' in node) {
      for (const prop of node.props) {
        if ('value' in prop) {
          const content = prop.value?.content ?? ''
          if (READ_ATTRIBUTES.has(prop.name)) found.push({ file, text: content, place: prop.name })
          if (prop.name === 'keypath') found.push({ file, text: content, place: 't()' })
        } else if ('exp' in prop && prop.exp && prop.name === 'bind') {
          const argument = prop.arg?.loc.source ?? ''
          addExpression(prop.exp.loc.source, READ_ATTRIBUTES.has(argument) ? argument : '')
        }
      }
      node.children.forEach(visit)
    } else if ('content' in node && typeof node.content === 'string') {
      if (!node.loc.source.startsWith('<!--')) found.push({ file, text: node.content.trim(), place: 'text' })
    } else if ('content' in node && typeof node.content === 'object' && 'loc' in node.content) {
      addExpression(node.content.loc.source, 'text')
    }
  }
  parse(text).descriptor.template?.ast?.children.forEach(visit)
  return found.filter(({ place }) => place !== '')
}

/** Objects that hold the same in both languages, as the main process has them: `{ en: …, 'zh-CN': … }`. */
export function bilingualObjects({
  file,
  text,
}: Source): { file: string; en: Map<string, string>; zh: Map<string, string> }[] {
  const found: { file: string; en: Map<string, string>; zh: Map<string, string> }[] = []
  const wordsOf = (node: ts.Node, prefix = ''): [string, string][] => {
    if (ts.isObjectLiteralExpression(node)) {
      return node.properties.flatMap((property) =>
        ts.isPropertyAssignment(property)
          ? wordsOf(property.initializer, `${prefix}.${property.name.getText()}`)
          : [],
      )
    }
    return [[prefix, node.getText()]]
  }
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true)
  /** What a property holds, or the constant of the file that it names. */
  const valueOf = (property: ts.ObjectLiteralElementLike | undefined): ts.Node | undefined => {
    if (!property) return undefined
    const value = ts.isPropertyAssignment(property) ? property.initializer : property.name
    if (!value || !ts.isIdentifier(value)) return value
    return source.statements
      .filter((statement) => ts.isVariableStatement(statement))
      .flatMap(({ declarationList }) => declarationList.declarations)
      .find(({ name }) => name.getText() === value.text)?.initializer
  }
  const visit = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node)) {
      const of = (name: RegExp) =>
        valueOf(node.properties.find((property) => name.test(property.name?.getText() ?? '')))
      const [one, other] = [of(/^en$/), of(/^'zh-CN'$/)]
      if (one && other) {
        found.push({ file, en: new Map(wordsOf(one)), zh: new Map(wordsOf(other)) })
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}
