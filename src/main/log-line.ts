/** A line of the log is read by people: a longer one says nothing more. */
const LINE_LENGTH = 2_000

/** Nobody means to log them, but an error of someone else's may hold a header or an address. */
const SECRETS = [
  /\b(?:Bearer|Basic)\s+[\w.~+/=-]{8,}/gi,
  /\b(?:sk|pk|rk|xox[a-z])-[\w-]{8,}/g,
  /\bAIza[\w-]{20,}/g,
  /\/\/[^/\s:@]{1,200}:[^/\s@]{1,200}@/g,
]

/**
 * One line of the log: when, how grave, what. What it is given may come from anywhere, so it stays one line, of bounded
 * length, without what looks like a key.
 *
 * @param at epoch ms
 */
export function logLine(at: number, level: 'info' | 'warn' | 'error', message: string): string {
  const masked = SECRETS.reduce(
    (text, secret) => text.replace(secret, '[secret]'),
    // Cut first: what comes after takes time with the length.
    message.slice(0, 2 * LINE_LENGTH),
  )
  const plain = masked.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').slice(0, LINE_LENGTH)
  return `${new Date(at).toISOString()} ${level} ${plain}\n`
}

/**
 * An error as the log may hold it. What the runtime could not read it quotes in its message, which may be a prompt: of
 * that only the name is kept.
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const text = error instanceof SyntaxError || error instanceof URIError ? error.name : error.message
  return error.cause === undefined ? text : `${text} (${describeError(error.cause)})`
}

/**
 * An error that nobody expected, as the log may hold it: where it came from. Its message is left out, because nobody
 * knows what it quotes; a code of the system tells enough.
 */
export function describeCrash(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : ''
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at\s/.test(line))
  return `${error.name}${code} ${frames.map((line) => line.trim()).join(' | ')}`.trim()
}
