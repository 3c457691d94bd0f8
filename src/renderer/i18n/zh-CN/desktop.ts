import type { desktop as english } from '../en/desktop.ts'

export const desktop: typeof english = {
  pause: '暂停采集',
  resume: '恢复采集',
  pauseFailed: '采集服务没有响应，请重试。',
  pausedTitle: '采集已暂停',
  pausedText:
    '自 {time} 起，发送调用的应用会被告知稍后重试；经由代理的调用照常转发，但不记录。点击恢复或下次启动后继续采集。',
}
