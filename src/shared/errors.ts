/** Every failure a caller can meet, by a code that never changes. */
export type ErrorCode =
  | 'archive-bad-name'
  | 'archive-busy'
  | 'archive-damaged'
  | 'archive-disk-full'
  | 'archive-folder-unusable'
  | 'archive-missing'
  | 'archive-newer'
  | 'clock-doubted'
  | 'data-dir-in-use'
  | 'data-dir-unusable'
  | 'port-unavailable'
  | 'range-too-long'
  | 'store-closed'
  | 'store-corrupt'
  | 'store-failed'
  | 'store-full'
  | 'store-newer'

/** The console's error: the code says what happened, the message what to do. Neither holds logged content. */
export class ConsoleError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ConsoleError'
    this.code = code
  }
}
