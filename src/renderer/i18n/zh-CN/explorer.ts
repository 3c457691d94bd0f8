import type { explorer as english } from '../en/explorer.ts'

/** 全部调用的列表。 */
export const explorer: typeof english = {
  search: '搜索提示词、回复、错误信息',
  anyStatus: '全部状态',
  minDuration: '最短毫秒',
  maxDuration: '最长毫秒',
  errorType: '错误',
  remove: '取消筛选：{name}',
  pause: '暂停',
  follow: '跟踪新调用',
  newer: '有新的调用',
  count: '共 {count} 次调用',
  countLoaded: '已加载 {count} 次调用',
  keys: '按 ↑ ↓ 或 J K 移动，Enter 打开',
  columns: '列',
  halted: '在已搜索的调用中找到的很少，还有更早的调用未搜索。',
  goOn: '继续搜索',
  notFound: '没有找到调用',
  notFoundText: '该时间范围内没有符合条件的调用。请放宽条件，或换个时间范围。',
  clear: '清除全部筛选',
  session: '该会话的调用',
  similarErrors: '同类错误',
}
