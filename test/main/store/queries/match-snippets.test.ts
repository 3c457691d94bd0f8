import { expect, onTestFinished, test } from 'vitest'
import { openStore } from '../../../../src/main/store/store.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'
import { makeCall } from '../make-call.ts'

test('a snippet shows where a text stands first, in one line, as it is read', async () => {
  const store = await openStore({ dataDir: temporaryFolder() })
  onTestFinished(() => store.close())
  const long = `${'前'.repeat(100)}网络延迟\n很高${'后'.repeat(300)}`
  await store.insertCalls([
    makeCall({ prompt: { format: 'text', text: long }, response: { format: 'text', text: '延迟' } }),
    makeCall({
      prompt: { format: 'json', text: JSON.stringify([{ content: 'it says "延迟"\n<b>' }]) },
    }),
    makeCall({ prompt: { format: 'text', text: '延迟' }, errorMessage: '延迟 too' }),
    makeCall({ prompt: { format: 'text', text: 'none' } }),
    makeCall(),
  ])
  const ids = [1, 2, 3, 4, 5, 99]
  expect(await store.ask('matchSnippets', { q: '延迟', ids })).toEqual([
    {
      id: 1,
      field: 'prompt',
      before: `…${'前'.repeat(38)}网络`,
      match: '延迟',
      after: ` 很高${'后'.repeat(197)}…`,
    },
    { id: 2, field: 'prompt', before: '[{"content":"it says "', match: '延迟', after: '" <b>"}]' },
    { id: 3, field: 'errorMessage', before: '', match: '延迟', after: ' too' },
  ])
  expect(await store.ask('matchSnippets', { q: 'SAYS "延迟"\n', ids: [2] })).toEqual([
    { id: 2, field: 'prompt', before: '[{"content":"it ', match: 'says "延迟" ', after: '<b>"}]' },
  ])
})
