/** Reads one vendor operation's answer into a draft, in parts or whole. */
export interface AnswerReader {
  /**
   * Takes an event of a stream, or the whole answer, as JSON.parse gives it.
   *
   * @returns whether it carries something that the model wrote: the first that does marks the first token.
   */
  take(value: unknown): boolean
}

/** What OpenAI's protocol sends as its last event. */
export const DONE = '[DONE]'
