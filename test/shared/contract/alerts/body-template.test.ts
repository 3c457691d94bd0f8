import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { BodyTemplateValues } from '../../../../src/shared/contract/alerts/body-template.ts'
import {
  BODY_TEMPLATE_FIELDS,
  bodyTemplateProblem,
  fillBodyTemplate,
} from '../../../../src/shared/contract/alerts/body-template.ts'

function values(text: string, json: unknown): BodyTemplateValues {
  return Object.fromEntries(BODY_TEMPLATE_FIELDS.map((name) => [name, { text, json }])) as BodyTemplateValues
}

test('inside a string a field is escaped text, elsewhere a JSON value', () => {
  const template = '{"say": "{title}!", "n": {value}, "all": {records}, "q\\"": "{rule}"}'
  expect(bodyTemplateProblem(template)).toBeNull()
  const filled = fillBodyTemplate(template, values('a "b"\n{rule}', [1]))
  expect(JSON.parse(filled)).toEqual({
    say: 'a "b"\n{rule}!',
    n: [1],
    all: [1],
    'q"': 'a "b"\n{rule}',
  })
})

test.each([
  ['{"a": "{nonsense}"}', 'must not name the unknown field {nonsense}'],
  ['{"a": ', 'must be JSON once its fields are filled in'],
  ['{"a": {title}{rule}}', 'must be JSON once its fields are filled in'],
  ['', 'must be JSON once its fields are filled in'],
])('%s: %s', (template, problem) => expect(bodyTemplateProblem(template)).toBe(problem))

/** -0 has no form of its own in JSON. */
const inJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

test('a template that is JSON once is JSON with whatever is filled in, and says just that', () => {
  const template = '{"text": "<{text}>", "value": {value}, "list": ["{labels}", {labels}]}'
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), (text, json) => {
      expect(JSON.parse(fillBodyTemplate(template, values(text, json)))).toEqual({
        text: `<${text}>`,
        value: inJson(json),
        list: [text, inJson(json)],
      })
    }),
  )
})
