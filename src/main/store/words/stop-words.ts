const ENGLISH = `a about after again all also always am an and any are aren't as at be because been before being but by can
can't cannot could couldn't did didn't do does doesn't doing don't done even ever every few for from get gets getting go
goes going got had has have haven't having he her here him his how i i'd i'll i'm i've if in into is isn't it it's its
itself just like made make makes many may me might more most much must my no nor not now of off on one only or other our
out over own please really same see she should shouldn't so some still such than that that's the their them then there
there's these they they're thing things this those though through to too under until up us very was wasn't way we we're
were what when where whether which while who why will with without won't would wouldn't yes yet you you're your yours`

const CHINESE = `的 了 是 我 我的 你 你的 他的 她的 它的 您 您的 咱们 你 他 她 它 们 我们 你们 他们 她们 它们 在 有 和 与 及 或 也 都 就 还 又 再 才 只 很 太 更 最 非常 比较 这 那
这个 那个 这些 那些 这里 那里 这样 那样 这么 那么 什么 怎么 怎样 为什么 哪 哪个 哪里 谁 几 多少 一 一个 一下 一些 一点 一直 一样 个 些 次 条
不 没 没有 不是 不会 不能 不要 要 会 能 可以 可 应该 把 被 让 给 对 对于 从 到 向 于 以 为 因为 所以 但 但是 而 而且 如果 虽然 然后 的话 时候
时 里 上 下 中 前 后 来 去 说 看 做 用 得 地 着 过 吗 呢 吧 啊 呀 哦 嗯 啦 嘛 等 等等 其 其他 之 之后 之前 已 已经 正在 还是 就是 只是 可是 不过
自己 大家 人 东西 事 请 并 并且 且 跟 同 如 比 每 各 该 此 本 某 另 另外 所 是否 有点 有些 点 么 想 觉得 感觉 知道 需要 出 出来 起来 下来 成 好像`

/** Words that are everywhere and say nothing of a comment. What judges (good, slow, 好, 慢, 错) is none of them. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  [ENGLISH, CHINESE].flatMap((text) => text.split(/\s+/)),
)
