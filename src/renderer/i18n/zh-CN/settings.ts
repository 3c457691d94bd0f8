export const settingsPage = {
  search: '搜索设置',
  results: '找到的设置',
  found: '没有包含这些文字的设置。 | 找到 {count} 项设置。 | 找到 {count} 项设置。',
  sections: '设置分区',
}

export const port = {
  title: '端口',
  text: '应用把调用发送到这里。更改立即生效，无需重启；之后应用要改用新地址。',
  given:
    '控制台启动时指定了端口，目前监听 {port}。在此更改的端口在关闭前有效；以后启动时若不指定端口，也使用它。',
  moved: '启动时端口 {requested} 已被占用，采集器改为监听 {port}。应用要发送到这个端口。',
  changed: '已更改：采集器现在监听 {url}。请修改应用中的地址。',
  change: '更改',
  taken: '端口 {port} 正被其他程序使用，没有做任何更改。请关闭该程序，或换一个端口。',
  invalid: '应为 1024 到 65535 之间的整数。',
}

export const containers = {
  title: '允许容器访问',
  text: '开启后，本机上 Docker 和 Podman 的容器可以把调用发送到下面列出的地址，并且必须携带应用令牌。网络中的其他设备仍无法访问。',
  addresses: '容器可用的地址',
}

export const pricesSettings = {
  title: '价格与货币',
  currency: '基准货币',
  currencyText: '所有费用都以它计算、保存和显示。使用其他货币的价格需要设置汇率。',
  prices: '模型价格',
  pricesText: '控制台自带价格目录；自定义价格优先。',
  open: '打开费用页',
}

export const notificationSettings = {
  title: '通知',
  channels: '通知渠道',
  channelsText: '已启用 {on} 个，共 {all} 个：系统通知、窗口内、邮件和 Webhook。',
  channelsUnknown: '系统通知、窗口内、邮件和 Webhook。',
  open: '打开通知渠道',
  soundText: '窗口打开时由窗口播放；系统通知的声音由系统决定。',
}

export const settingsFile = {
  title: '设置的导出与导入',
  export: '导出设置',
  exportText: '保存为 JSON 文件，供另一台电脑或日后使用。其中绝不包含令牌、密码和通知渠道。',
  exportButton: '导出…',
  import: '导入设置',
  importText: '更改之前会先显示文件将改动哪些内容；文件未提到的设置保持不变。',
  importButton: '选择文件…',
  notWritten: '文件无法写入。请重试，或换一个文件夹。',
  notRead: '文件无法读取，请重试。',
  changesTitle: '该文件将更改的内容',
  nothing: '没有需要更改的内容：当前设置已与文件一致。',
  unknown: '此版本不认识以下内容，将忽略：{names}',
  absent: '无',
  on: '开',
  off: '关',
  apply: '应用更改 | 更改 {count} 项设置 | 更改 {count} 项设置',
  applied: '没有更改。 | 已更改 {count} 项设置。 | 已更改 {count} 项设置。',
  callColumns: '调用列表的列',
  callViews: '已保存的调用视图',
  defaultCallView: '调用页默认视图',
  captureApps: '按应用设置的内容采集',
  detectors: '从文本中去除的内容',
  backupHour: '定时备份的时间（时）',
  backupWeekday: '定时备份的星期',
  backupsKept: '保留的定时备份数',
  refused: {
    notJson: '这不是 JSON 文件。没有做任何更改。',
    notSettings: '这不是 LLMOps Console 的设置文件。没有做任何更改。',
    newer: '该文件由更新版本的 LLMOps Console 写出。请先更新控制台再导入。没有做任何更改。',
    invalid: '部分内容无效，因此没有做任何更改：',
  },
}

export const about = {
  title: '关于',
  version: '版本 {version}',
  unknown: '无法读取版本信息，请重试。',
  schema: '数据库结构版本',
  system: '系统',
  diagnostics: '诊断信息',
  diagnosticsText: '版本、计数、大小和设置选项，可粘贴到问题报告中。不含令牌、路径和任何调用内容。',
  licences: '第三方许可',
  licencesText: 'LLMOps Console 使用的组件及其许可证。',
  readLicences: '查看',
  licencesMissing: '此构建中缺少许可信息。',
  filterLicences: '组件或许可证',
  packages: '没有组件 | {count} 个组件 | {count} 个组件',
  noText: '该组件声明的许可证为 {licence}，未附带许可证文本。',
}

export const nothingArrives = {
  title: '没有调用到达，也没有请求被拒绝？',
  address:
    '先用上面的按钮发送测试调用。如果能到达，说明采集器正常，应用发到了别处：请核对应用中的地址和端口是否与上面一致。',
  proxy: '应用的环境变量中是否有 HTTP_PROXY 或 HTTPS_PROXY？请把 127.0.0.1 和 localhost 加入 NO_PROXY。',
  restart: '修改环境变量后，应用是否已重新启动？终端和编辑器也需要重启。',
  flush: '运行很短的程序可能在发送 Span 之前就已结束。请在结束前关闭 OpenTelemetry，或调用 flush。',
  sampling: 'OpenTelemetry 是否开启了采样？可把 OTEL_TRACES_SAMPLER 设为 always_on 试试。',
  containers:
    '应用是否在容器中运行？容器里的 127.0.0.1 是容器自己；请先允许容器访问，再发送到那里显示的地址。',
  openContainers: '允许容器访问',
}
