/** 导出符合筛选条件的全部调用。 */
export const callExport = {
  open: '导出这些调用',
  title: '导出调用',
  text: '符合筛选条件的全部调用，从新到旧，不论列表是否已加载。',
  format: '格式',
  about: {
    csv: '适合电子表格。可能被当作公式执行的文本，前面会加一个撇号。',
    jsonl: '每行一次调用，内容原样保留。另一台 LLMOps Console 可以导入，费用和统计保持不变。',
    parquet: '适合 DuckDB、pandas、Spark 等工具：体积小，带类型。',
  },
  withBodies: '包含提示词、回复、错误信息、标签和属性',
  start: '导出…',
  close: '关闭',
  progress: '已写入 {count} 次调用',
  saved: '已将 {count} 次调用保存为 {file}（{size}）。',
  failed: {
    'disk-full': '无法保存：磁盘已满。没有留下不完整的文件。',
    'not-allowed': '无法保存：没有写入权限。请选择其他文件夹。',
    other: '无法保存。请选择其他文件夹，或重试。',
  },
}
