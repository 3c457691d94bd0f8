import type { FeedbackInput } from '#shared/contract/feedback.ts'

/** What a judgement is about. */
export type Topic = 'good' | 'middling' | 'bad' | 'slow' | 'error'
/** Who an app answers: customers, or people at their work. */
export type Audience = 'customer' | 'colleague'
export type Language = 'zh' | 'en'

interface Comment {
  type: NonNullable<FeedbackInput['type']>
  comment: string
}
type Some<T> = readonly [T, ...T[]]

const about = (type: Comment['type'], comment: string): Comment => ({ type, comment })

const SLOW: Record<Language, Some<Comment>> = {
  zh: [about('latency', '等了二十多秒才出结果，太慢了。'), about('latency', '转圈太久，差点以为卡死了。')],
  en: [
    about('latency', 'Took forever. I had given up by then.'),
    about('latency', 'Right in the end, but far too slow.'),
  ],
}
const ERROR: Record<Language, Some<Comment>> = {
  zh: [about('other', '一直报错，刷新了几次都不行。'), about('other', '转圈很久，最后提示超时。')],
  en: [about('other', 'Just an error message, three times in a row.'), about('other', 'It timed out on me.')],
}

export const COMMENTS: Record<Topic, Record<Audience, Record<Language, Some<Comment>>>> = {
  good: {
    customer: {
      zh: [
        about('quality', '回答很清楚，问题解决了。'),
        about('quality', '语气很好，比人工客服还耐心 👍'),
        about('latency', '几乎是秒回，很满意。'),
      ],
      en: [
        about('quality', 'Exactly what I needed, thank you!'),
        about('quality', 'Friendly and to the point.'),
        about('latency', 'Impressively fast.'),
      ],
    },
    colleague: {
      zh: [
        about('quality', '覆盖得很全，改两处就能用。'),
        about('quality', '直接可用，省了半天时间。'),
        about('accuracy', '逐条核对过，没有编造。'),
      ],
      en: [
        about('quality', 'Found what three of us had missed.'),
        about('quality', 'Ready to use as it is.'),
        about('accuracy', 'Checked line by line: all correct.'),
      ],
    },
  },
  middling: {
    customer: {
      zh: [
        about('accuracy', '基本正确，但预计送达时间差了一天。'),
        about('other', '解决了一半，另一半还是转了人工。'),
      ],
      en: [
        about('accuracy', 'Mostly right; the delivery date is off by a day.'),
        about('other', 'Half an answer. I had to ask again.'),
      ],
    },
    colleague: {
      zh: [about('quality', '大体可以，但有两条重复了。'), about('other', '能用，格式要自己再调整一下。')],
      en: [
        about('quality', 'Usable, but I had to rewrite half of it.'),
        about('other', 'Fine, although I asked for a table.'),
      ],
    },
  },
  bad: {
    customer: {
      zh: [
        about('accuracy', '订单号都弄错了，答非所问。'),
        about('accuracy', '编了一个根本没有的退款政策。'),
        about('safety', '回复里出现了别的客户的姓名，请尽快处理！'),
      ],
      en: [
        about('accuracy', 'It made up a refund policy that you do not have.'),
        about('quality', 'Repeats my question instead of answering it.'),
        about('safety', 'It showed me an address that is not mine.'),
      ],
    },
    colleague: {
      zh: [
        about('quality', '太笼统，没有覆盖边界条件。'),
        about('accuracy', '引用的接口根本不存在，是编出来的。'),
        about('accuracy', '漏译了整整一句。'),
      ],
      en: [
        about('accuracy', 'The numbers are not those of the source.'),
        about('accuracy', 'Refers to a function that is not there.'),
        about('quality', 'Too general to be of any use.'),
      ],
    },
  },
  slow: { customer: SLOW, colleague: SLOW },
  error: { customer: ERROR, colleague: ERROR },
}

const TECHNICAL: Record<Language, Some<string>> = {
  zh: ['是供应商限流导致的，已提高配额。', '已改用响应更快的模型。'],
  en: ['Rate limit of the provider. Quota raised.', 'Moved to a faster model.'],
}
const CONTENT: Record<Language, Some<string>> = {
  zh: ['已补充知识库，复测通过。', '已修改提示词，并加入回归用例。'],
  en: ['Added to the test set; fixed with the new prompt.', 'Knowledge base corrected.'],
}

/** What was done about it. */
export const NOTES: Record<Topic, Record<Language, Some<string>>> = {
  good: CONTENT,
  middling: CONTENT,
  bad: CONTENT,
  slow: TECHNICAL,
  error: TECHNICAL,
}
