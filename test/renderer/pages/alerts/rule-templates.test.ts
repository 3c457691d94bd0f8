import { expect, test } from 'vitest'
import { newAlertRuleSchema } from '#shared/contract/alerts/rules.ts'
import { BLANK_RULE, RULE_TEMPLATES } from '../../../../src/renderer/pages/alerts/rule-templates.ts'

test.each(RULE_TEMPLATES.map((template) => [template.id, template.rule] as const))(
  'the ready rule “%s” is one that the console takes as it is',
  (_id, rule) => {
    const given = { ...rule, name: 'A name', description: '' }
    expect(newAlertRuleSchema.parse(given)).toEqual(given)
  },
)

test('a new rule lacks nothing but its name', () => {
  const { success, error } = newAlertRuleSchema.safeParse(BLANK_RULE)
  expect(success).toBe(false)
  expect(error?.issues.map(({ path }) => path.join('.'))).toEqual(['name'])
})
