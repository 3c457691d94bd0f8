/** All calls of a filter, as a file. */
export const callExport = {
  open: 'Export these calls',
  title: 'Export calls',
  text: 'All calls that match the filters, newest first, whether the list has loaded them or not.',
  format: 'Format',
  about: {
    csv: 'For spreadsheets. A text that a spreadsheet would run as a formula gets an apostrophe in front.',
    jsonl:
      'One call a line, to the letter. Another LLMOps Console imports it with costs and statistics as they are.',
    parquet: 'For DuckDB, pandas, Spark and the like: small and typed.',
  },
  withBodies: 'With prompts, responses, error messages, tags and attributes',
  start: 'Export…',
  close: 'Close',
  progress: '{count} calls written | {count} call written | {count} calls written',
  saved:
    '{count} calls were saved as {file} ({size}). | {count} call was saved as {file} ({size}). | {count} calls were saved as {file} ({size}).',
  failed: {
    'disk-full': 'It could not be saved: the disk is full. Nothing was left behind.',
    'not-allowed': 'It could not be saved: writing there is not allowed. Choose another folder.',
    other: 'It could not be saved. Choose another folder, or try again.',
  },
}
