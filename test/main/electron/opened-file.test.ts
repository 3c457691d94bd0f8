import { expect, test } from 'vitest'
import { openedFileIn, pageOfFile } from '../../../src/main/electron/opened-file.ts'

test.each([
  [['/home/a/calls.jsonl'], '/home/a/calls.jsonl'],
  [['file:///home/a/my%20calls.JSONL'], '/home/a/my calls.JSONL'],
  [['calls.jsonl.gz'], '/work/calls.jsonl.gz'],
  [['--enable-features=X', '--hidden', '.', 'spans.ndjson'], '/work/spans.ndjson'],
  [['--data-dir', '/data', '--port', '0', '/home/a/calls.jsonl'], '/home/a/calls.jsonl'],
])('%j opens %s', (args, path) => {
  expect(openedFileIn(args, '/work')).toBe(path)
})

test.each([
  [[]],
  [['.']],
  [['--hidden']],
  [['--data-dir', '/data/calls.jsonl']],
  [['/home/a/notes.txt']],
  [['https://example.com/calls.jsonl']],
  [['file://elsewhere/calls.jsonl']],
  [['llmops://alerts/records']],
])('%j opens nothing', (args) => {
  expect(openedFileIn(args, '/work')).toBeUndefined()
})

test('calls lead to their import, each time anew, and archives to their list', () => {
  expect(pageOfFile('/home/a/calls-2026-11-26.jsonl', 2)).toBe('/settings?opened=2#import-title')
  expect(pageOfFile('/archives/2026-05-30.calls.001.jsonl.gz', 3)).toBe('/settings#archives-title')
})
