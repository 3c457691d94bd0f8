import type { updates as english } from '../en/updates.ts'

/** 应用更新。 */
export const updates: typeof english = {
  title: '更新',
  states: {
    off: '已关闭：不会访问任何服务器。填写更新源后即可获知新版本。',
    unsupported: '当前安装方式不支持自动更新，请用原来的安装方式更新。',
    current: '{version} 已是最新版本。',
    available: '有新版本 {version}。',
    ready: '已获取版本 {version}，退出应用时完成更新。',
    failed: '无法读取更新源，请检查地址与网络。',
    untrusted: '更新源不是用此公钥对应的密钥签名的，未获取任何内容。',
  },
  on: '每天检查一次更新源。',
  busy: '请稍候…',
  check: '立即检查',
  download: '获取更新',
  feed: '更新源…',
  url: '更新源地址',
  urlHint: 'https 服务器上的文件夹，其中有 latest.yml 和 latest.yml.sig。',
  badUrl: '必须是 https 地址，例如 https://updates.example.com/console/。',
  key: '公钥',
  keyHint: '用于验证更新源签名的 Ed25519 公钥：32 字节的 base64。',
  badKey: '必须是 32 字节的 base64：44 个字符，以“=”结尾。',
  save: '保存',
  turnOff: '关闭更新',
}
