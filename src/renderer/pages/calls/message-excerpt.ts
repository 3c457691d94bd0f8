interface Excerpt {
  before: string
  match: string
  after: string
}

const ROLE = '(?:system|developer|user|assistant|model|tool)'
/** From one message of a chat, as it is kept in JSON, to the next. */
const BETWEEN = new RegExp(`"\\},\\{"role":"${ROLE}","content":"`, 'g')
/** What may stand before the first text, where an excerpt begins. */
const START = new RegExp(
  `^(?:…?.{0,12}"${ROLE}","content":"|…[a-z]{0,9}","content":"|…"?(?:content|ontent|ntent|tent|ent|nt|t)":")`,
)
const END = /"\}\]?…?$|"\},\{"(?:role"?:?"?\w{0,10}"?,?"?\w{0,8}"?:?)?…?$/
const ESCAPES: readonly (readonly [RegExp, string])[] = [
  [/\\[nrt]/g, ' '],
  [/\\"/g, '"'],
]

/** An excerpt of a chat as one reads it: what its messages say, without the JSON around them. Any other stays as it is. */
export function messageExcerpt({ before, match, after }: Excerpt): Excerpt {
  const isChat =
    START.test(before) || END.test(after) || [before, after].some((text) => text.search(BETWEEN) >= 0)
  if (!isChat) return { before, match, after }
  const plain = (text: string) =>
    ESCAPES.reduce((said, [escape, meant]) => said.replace(escape, meant), text.replace(BETWEEN, ' · '))
  return { before: plain(before.replace(START, '')), match, after: plain(after.replace(END, '')) }
}
