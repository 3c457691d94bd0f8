/** `2026-05-30.calls.001`: the day (UTC), what is in it, and a number. */
export const ARCHIVE_NAME = /^\d{4}-\d{2}-\d{2}\.(?:calls|bodies)\.\d{3,6}$/
