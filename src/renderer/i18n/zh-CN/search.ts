import type { search as english } from '../en/search.ts'

/** 在提示词、回复与错误信息中搜索。 */
export const search: typeof english = {
  indexing: '正在为较早的调用建立索引：{share}',
  indexingText: '完成之前，搜索较早的调用会慢一些。',
  inPrompt: '提示词',
  inResponse: '回复',
  inError: '错误',
  index: '搜索索引',
  indexText: '用于在提示词、回复和错误信息中查找文字与符号，会自动保持最新。',
  indexed: '已为 {indexed} / {total} 次调用建立索引，期间可以照常搜索。',
  rebuild: '重建',
  rebuildFailed: '索引未能重建，请重试。',
  matches: '“{text}”的匹配项',
  match: '第 {current} 处，共 {count} 处',
  noMatch: '当前显示的内容中没有匹配',
  previous: '上一处（Shift+F3）',
  next: '下一处（F3 或 Enter）',
  close: '不再标出匹配',
}
