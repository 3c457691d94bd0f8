import type { Condition, Metric, Severity } from '#shared/contract/alerts/rules.ts'
import type { Language } from '#shared/language.ts'
import type { AlertMessage } from '../message.ts'

/** What notifications say in one language. They leave the console, so they are not among the words of the window. */
export interface Words {
  severity: Record<Severity, string>
  event: Record<AlertMessage['event'], string>
  metric: Record<Metric, string>
  comparedWith: Record<NonNullable<Condition['compareTo']>, string>
  threshold: string
  since: string
  lasted: string
  noData: string
  separator: string
  colon: string
  /** What follows something in brackets. */
  aside: (text: string) => string
  instances: (count: number) => string
  more: (count: number) => string
  testNote: string
  mute: string
  acknowledge: string
}

const en: Words = {
  severity: { info: 'Info', warning: 'Warning', critical: 'Critical' },
  event: {
    firing: 'Firing',
    repeat: 'Still firing',
    resolved: 'Resolved',
    unmuted: 'Still firing after its silence',
    test: 'Test',
  },
  metric: {
    failureRate: 'Failure rate',
    durationAvgMs: 'Average response time',
    durationP50Ms: 'P50 response time',
    durationP95Ms: 'P95 response time',
    durationP99Ms: 'P99 response time',
    ttftP95Ms: 'P95 time to first token',
    requests: 'Requests',
    errors: 'Errors',
    totalTokens: 'Tokens',
    cost: 'Cost',
    costPerUser: 'Cost per user',
    budgetUsedPercent: 'Budget used',
    feedbackAverage: 'Average rating',
    feedbackNegativeRate: 'Negative feedback',
    unpricedRequests: 'Calls without a price',
  },
  comparedWith: { yesterday: 'compared with yesterday', lastWeek: 'compared with a week ago' },
  threshold: 'threshold',
  since: 'Since',
  lasted: 'Lasted',
  noData: 'no data',
  separator: ', ',
  colon: ': ',
  aside: (text) => ` (${text})`,
  instances: (count) => `${count} instances`,
  more: (count) => `and ${count} more`,
  testNote: 'This is a test. Nothing is wrong.',
  mute: 'Mute for 1 hour',
  acknowledge: 'Acknowledge',
}

const zhCN: Words = {
  severity: { info: '提示', warning: '警告', critical: '严重' },
  event: {
    firing: '告警',
    repeat: '持续告警',
    resolved: '已恢复',
    unmuted: '静默结束，仍在告警',
    test: '测试',
  },
  metric: {
    failureRate: '失败率',
    durationAvgMs: '平均响应时间',
    durationP50Ms: 'P50 响应时间',
    durationP95Ms: 'P95 响应时间',
    durationP99Ms: 'P99 响应时间',
    ttftP95Ms: 'P95 首 Token 时间',
    requests: '调用次数',
    errors: '错误数',
    totalTokens: 'Token 用量',
    cost: '费用',
    costPerUser: '每用户费用',
    budgetUsedPercent: '预算使用率',
    feedbackAverage: '平均评分',
    feedbackNegativeRate: '差评率',
    unpricedRequests: '未计价调用',
  },
  comparedWith: { yesterday: '较昨天同期', lastWeek: '较上周同期' },
  threshold: '阈值',
  since: '开始于',
  lasted: '持续',
  noData: '无数据',
  separator: '、',
  colon: '：',
  aside: (text) => `（${text}）`,
  instances: (count) => `${count} 个实例`,
  more: (count) => `另有 ${count} 个`,
  testNote: '这是一条测试通知，并没有出问题。',
  mute: '静默 1 小时',
  acknowledge: '确认',
}

export const WORDS: Record<Language, Words> = { en, 'zh-CN': zhCN }
