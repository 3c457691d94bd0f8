import type { feedback as english } from '../en/feedback.ts'

/** 反馈：统计，以及待处理的评价。 */
export const feedback: typeof english = {
  numbers: '反馈统计',
  count: '反馈数',
  average: '平均评分',
  resolveRate: '处理率',
  distribution: '各评分的数量',
  stars: '{count} 星（满分 5 星） | {count} 星（满分 5 星） | {count} 星（满分 5 星）',
  state: '状态',
  open: '待处理',
  resolved: '已处理',
  all: '全部',
  resolvedOne: '已处理',
  resolve: '处理',
  notePlaceholder: '处理结果，可留空。',
  showCall: '查看调用',
  noCall: '对应的调用尚未到达',
  keys: 'J / K：下一条、上一条 · R：处理 · U：重新打开 · Enter：查看调用',
  none: '该时间范围内没有反馈',
  noneText: '应用可通过 POST /v1/feedback 或客户端的 feedback(requestId, rating) 发送反馈。',
  noneLeft: '这里没有内容',
  noneLeftText: '该时间范围内有反馈，但没有处于此状态的。',
  notSaved: '未能保存，请重试。',
  type: {
    quality: '质量',
    accuracy: '准确性',
    latency: '速度',
    safety: '安全',
    other: '其他',
  },
  source: { endUser: '来自用户', reviewer: '来自审核者', program: '来自程序' },
}
