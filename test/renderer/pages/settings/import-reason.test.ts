import { expect, test } from 'vitest'
import { createI18n } from 'vue-i18n'
import { appLogInputSchema } from '../../../../src/shared/contract/app-logs.ts'
import { zhCN } from '../../../../src/renderer/i18n/zh-CN.ts'
import { importReason } from '../../../../src/renderer/pages/settings/import-reason.ts'

const { t } = createI18n({ legacy: false, locale: 'zh-CN', messages: { 'zh-CN': zhCN } }).global

function said(reason: string): string | undefined {
  const found = importReason(reason)
  return found && t(found.key, found.named)
}

test.each([
  ['is not valid JSON', '不是有效的 JSON'],
  ['is of no kind that can be imported', '不是可以导入的调用'],
  ['is longer than 32 MiB', '长度超过 32 MiB'],
  ['must not be nested deeper than 64', '嵌套超过 64 层'],
  ['holds metrics, which are not kept', '是指标数据，不予保存'],
  ['has no time of start', '缺少开始时间'],
])('what %s is said in the language on screen', (reason, text) => {
  expect(said(reason)).toBe(text)
})

test.each([
  [{ app: '' }, 'app 不能为空'],
  [{ model: 1 }, 'model 必须是文本'],
  [{ model: 'm'.repeat(10_000) }, /^model 最多 \d+ 个字符$/],
  [{ durationMs: -1 }, 'durationMs 必须是不小于 0 的数字'],
  [{ durationMs: 1e15 }, /^durationMs 不能大于 \d+ ms$/],
  [{ inputTokens: 1.5 }, 'inputTokens 必须是不小于 0 的整数'],
  [{ inputTokens: 1e15 }, /^inputTokens 不能大于 \d+$/],
  [{ status: 'bad' }, 'status 只能是 "ok" 或 "error"'],
  [{ startedAt: 'yesterday' }, 'startedAt 必须是 ISO 8601 时间或毫秒时间戳'],
  [{ tags: 'beta' }, 'tags 的类型或格式不对'],
  [{ tags: Array.from({ length: 1_000 }, String) }, /^tags 最多 \d+ 项$/],
  [{ traceId: 'xyz' }, 'traceId 的类型或格式不对'],
  [{ cost: { amount: 1, currency: 'dollars' } }, 'cost.currency 的类型或格式不对'],
])('of a call with %o it is said which field is wrong', (fields, text) => {
  const issue = appLogInputSchema.safeParse({ app: 'a', ...fields }).error?.issues[0]
  expect(said(`${issue?.path.join('.')} ${issue?.message}`)).toMatch(text)
})

test('a reason that has no message is said as it is', () => {
  expect(importReason('a new reason')).toBeUndefined()
})
