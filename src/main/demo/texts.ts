import type { DemoApp } from './scenario.ts'
import type { Random } from './random.ts'

/** What an app asked and what it was answered; parts in braces are filled from `SLOTS`. */
interface Exchange {
  prompt: string
  response: string
}

const EXCHANGES: Record<string, readonly [Exchange, ...Exchange[]]> = {
  'support-agent': [
    {
      prompt: '我的订单 {order} 已经三天没有更新物流了，能帮我查一下吗？',
      response:
        '您好，订单 {order} 目前在{city}中转站，预计明天送达。如果后天仍未收到，请再联系我们，我们会为您优先处理。',
    },
    {
      prompt: 'I was charged twice for order {order}. Can you refund one of them?',
      response:
        'I can see two charges for order {order}. One of them is a pending authorisation that will drop off within 3 to 5 days, so you will only pay once.',
    },
    {
      prompt: '怎么修改收货地址？包裹要寄到{city}。',
      response:
        '在「我的订单」里打开该订单，点击「修改地址」即可。发货后无法自行修改，我可以帮您联系快递公司转寄到{city}。',
    },
    {
      prompt: 'The {product} arrived broken. What should I do?',
      response:
        'Sorry about that. Please send a photo of the {product} and its packaging; we will ship a replacement the same day and you need not return the broken one.',
    },
  ],
  'doc-search': [
    { prompt: '如何在 {product} 中开启单点登录', response: '' },
    { prompt: 'retention policy for audit logs of {product}', response: '' },
    { prompt: '报销流程 差旅标准 {city}', response: '' },
  ],
  'case-writer': [
    {
      prompt: '请为「{feature}」功能编写测试用例，覆盖正常流程、边界条件和异常情况，以表格输出。',
      response:
        '| 编号 | 前置条件 | 步骤 | 预期结果 |\n| --- | --- | --- | --- |\n| TC-001 | 用户已登录 | 打开「{feature}」，输入有效数据并提交 | 提交成功，页面提示已保存 |\n| TC-002 | 用户已登录 | 所有必填项留空后提交 | 提示必填项，不发送请求 |\n| TC-003 | 网络中断 | 提交有效数据 | 提示网络异常，已填内容不丢失 |',
    },
    {
      prompt: 'Write boundary tests for {feature}: the amount field takes 0.01 to 50,000.00.',
      response:
        '1. 0.00 is refused with a message.\n2. 0.01 is accepted.\n3. 50,000.00 is accepted.\n4. 50,000.01 is refused.\n5. `1e5`, `-1` and `<img src=x onerror=alert(1)>` are refused as not a number.',
    },
    {
      prompt: '根据下面的需求补充遗漏的异常场景：{feature}支持同时上传最多 9 张图片，每张不超过 5 MB。',
      response:
        '遗漏的场景：\n1. 第 10 张图片被拒绝时，前 9 张是否保留；\n2. 单张恰好 5 MB；\n3. 上传中途切换网络；\n4. 文件扩展名与内容不一致；\n5. 同一张图片重复上传。',
    },
  ],
  'checkout-bot': [
    {
      prompt: 'Does the {product} fit in a carry-on, and can it be in {city} by Friday?',
      response:
        'Yes: the {product} fits the cabin size of all major airlines. With express delivery it reaches {city} on Thursday.',
    },
    {
      prompt: '{product}和上一代相比有什么区别？预算 {budget} 元以内。',
      response: '新款续航多了大约 30%，重量轻了 120 克。{budget} 元以内可以选择标准版，目前有现货。',
    },
  ],
  'code-review': [
    {
      prompt:
        'Review this change:\n```ts\nexport async function load(id: string) {\n  const row = await db.query(`select * from item where id = ${id}`)\n  return row[0]\n}\n```',
      response:
        'Two problems:\n\n1. The id is put into the SQL text: an injection. Use a parameter.\n2. `row[0]` is undefined when nothing is found, and the return type hides it.\n\n```ts\nexport async function load(id: string): Promise<Item | undefined> {\n  const [item] = await db.query("select * from item where id = ?", [id])\n  return item\n}\n```',
    },
    {
      prompt:
        '请评审：这个函数在 {feature} 的高并发下会不会有竞态？\n```go\nif cache[key] == nil {\n  cache[key] = load(key)\n}\n```',
      response:
        '会。两个协程可能同时看到 nil 并各自加载，而且并发写 map 会 panic。建议用 `sync.Mutex` 保护，或用 `singleflight` 合并相同 key 的加载。',
    },
  ],
  'report-translator': [
    {
      prompt:
        'Translate into Chinese: Revenue in {city} grew by 12% over the previous quarter, driven by {product}.',
      response: '{city}的收入较上一季度增长 12%，主要由{product}带动。',
    },
    {
      prompt: '翻译成英文：本季度「{feature}」项目已按期交付，客户满意度为 96%，预算结余 {budget} 元。',
      response:
        'This quarter the {feature} project was delivered on schedule, with a customer satisfaction of 96% and {budget} yuan of the budget left.',
    },
  ],
}

/** What a slot is filled with, in the language of the text around it. */
interface Word {
  zh: string
  en: string
}

const same = (name: string): Word => ({ zh: name, en: name })

const SLOTS: Record<string, readonly [Word, ...Word[]]> = {
  order: [same('A-20418'), same('A-20977'), same('B-11832'), same('C-90211'), same('D-45560')],
  city: [
    { zh: '上海', en: 'Shanghai' },
    { zh: '成都', en: 'Chengdu' },
    { zh: '深圳', en: 'Shenzhen' },
    { zh: '柏林', en: 'Berlin' },
    { zh: '新加坡', en: 'Singapore' },
    { zh: '西安', en: 'Xi’an' },
  ],
  product: [
    same('AirLite 14'),
    same('Nova X2'),
    { zh: '云盘企业版', en: 'CloudDrive Business' },
    same('PocketCam'),
    { zh: '智能手表 S3', en: 'Smartwatch S3' },
  ],
  feature: [
    { zh: '优惠券核销', en: 'coupon redemption' },
    { zh: '订单退款', en: 'order refunds' },
    { zh: '单点登录', en: 'single sign-on' },
    { zh: '图片上传', en: 'image upload' },
    { zh: '发票导出', en: 'invoice export' },
  ],
  budget: [same('1,500'), same('2,999'), same('4,800'), same('12,000')],
}

const HAN = /\p{Script=Han}/u
/** Where Chinese meets Latin letters or digits: a space stands between them. */
const SEAM = /(?<=\p{Script=Han})(?=[A-Za-z\d])|(?<=[A-Za-z\d])(?=\p{Script=Han})/gu

const SYSTEM_PROMPTS: readonly [string, ...string[]] = [
  'You are a helpful assistant. Answer in the language of the user.',
  '你是一名专业的助手，请使用用户的语言简洁作答。',
]

/** @returns what an app asked and was answered: the prompt as text, or as the messages of a chat. */
export function exchangeFor(
  app: DemoApp,
  random: Random,
): { prompt: string | { role: string; content: string }[]; response: string | undefined } {
  const exchange = random.pick(EXCHANGES[app.name] ?? [{ prompt: 'Hello', response: 'Hi! How can I help?' }])
  const values = new Map(Object.entries(SLOTS).map(([slot, choices]) => [slot, random.pick(choices)]))
  const fill = (text: string) => {
    const language = HAN.test(text) ? 'zh' : 'en'
    const filled = text.replace(/\{(\w+)\}/g, (whole, slot: string) => values.get(slot)?.[language] ?? whole)
    return filled.replace(SEAM, ' ')
  }
  const prompt = fill(exchange.prompt)
  const isChat = app.operation === 'chat' && random.next() < 0.6
  return {
    prompt: isChat
      ? [
          { role: 'system', content: random.pick(SYSTEM_PROMPTS) },
          { role: 'user', content: prompt },
        ]
      : prompt,
    response: fill(exchange.response) || undefined,
  }
}
