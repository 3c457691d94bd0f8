import type { desktop as english } from '../en/desktop.ts'

/** 窗口所在的桌面环境。 */
export const desktop: typeof english = {
  title: '桌面',
  pause: '暂停采集',
  resume: '恢复采集',
  pauseFailed: '采集器没有响应，请重试。',
  pausedTitle: '采集已暂停',
  pausedText:
    '自 {time} 起，发送调用的应用会被告知稍后重试；经由代理的调用照常转发，但不记录。点击恢复或下次启动后继续采集。',
  collecting: '采集',
  collectingText: '暂停期间不保存任何数据，下次启动时自动恢复采集。',
  closeTitle: '关闭窗口后继续在后台采集吗？',
  closeText:
    '无论选择哪一项，窗口都会关闭。留在后台时，LLMOps Console 会继续采集调用并发出告警通知；点击托盘图标或再次启动应用即可重新打开窗口。',
  remember: '记住我的选择，可在设置中更改',
  cancel: '取消',
  stay: '继续采集',
  quit: '退出',
  failed: '操作未成功，请重试。',
  onClose: '关闭窗口时',
  onCloseText: '留在后台时，照常采集调用、发出告警。',
  closeAsk: '询问',
  closeTray: '留在后台',
  closeQuit: '退出',
  login: '登录时启动',
  loginText: '登录系统时在后台启动，不错过任何调用。',
  loginUnavailable: '只有安装后的应用才能在登录时启动。',
  logs: '日志',
  logsText: '记录控制台做了什么、出了什么问题；绝不包含提示词、回复或密钥。',
  openLogs: '打开日志文件夹',
  logsFailed: '无法打开该文件夹，它位于 {folder}。',
}
