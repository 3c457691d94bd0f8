import { parentPort } from 'node:worker_threads'
import { LIMITS } from '#shared/limits.ts'
import { countBodies } from './count-bodies.ts'
import type { CountPiece } from './count-tokens.ts'
import type { Encoding } from './encoding.ts'
import type { CountableBodies, CountedTokens } from './missing-usage.ts'

/** Runs kept with their tokens, by encoding: words come again. The library's default of 100,000 holds on to texts. */
const WORDS_KEPT = 1_000
/** Names of control tokens are text here, whoever writes them. */
const ALL_IS_TEXT = { disallowedSpecial: new Set<string>() }

const LOADERS = {
  o200k_base: () => import('gpt-tokenizer/encoding/o200k_base'),
  cl100k_base: () => import('gpt-tokenizer/encoding/cl100k_base'),
}

interface Counter {
  countPiece: CountPiece
  forget: () => void
}

const counters = new Map<Encoding, Promise<Counter>>()

/** A vocabulary takes 40 MB and a third of a second: it is loaded when the first model needs it. */
function counterFor(encoding: Encoding): Promise<Counter> {
  const known = counters.get(encoding)
  if (known) return known
  const loading = LOADERS[encoding]().then(({ countTokens, setMergeCacheSize, clearMergeCache }) => {
    setMergeCacheSize(WORDS_KEPT)
    return { countPiece: (text: string) => countTokens(text, ALL_IS_TEXT), forget: clearMergeCache }
  })
  counters.set(encoding, loading)
  return loading
}

/** Answers each list of bodies with the list of their counts, in order. */
function main(): void {
  if (!parentPort) throw new Error('the counter runs as a worker thread')
  const port = parentPort
  const answer = async (wanted: CountableBodies[]): Promise<void> => {
    const counted: CountedTokens[] = []
    for (const bodies of wanted) {
      const { countPiece } = await counterFor(bodies.encoding)
      counted.push(countBodies(bodies, countPiece, LIMITS.countedTextLength))
    }
    // What was kept holds on to the texts it came from.
    for (const counter of counters.values()) (await counter).forget()
    port.postMessage(counted)
  }
  port.on('message', (wanted: CountableBodies[]) => void answer(wanted))
}

main()
