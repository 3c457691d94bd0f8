import { expect, onTestFinished, test } from 'vitest'
import { createFeedback } from '../../../src/main/feedback/index.ts'
import { openPrivacy } from '../../../src/main/privacy/index.ts'
import { openStore } from '../../../src/main/store/store.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { makeFeedback } from '../store/make-feedback.ts'

const KEY = `sk-proj-${'a1B2c3D4'.repeat(6)}`

test('secrets are taken out of notes and tags that are written while feedback is worked on', async () => {
  const store = await openStore({ dataDir: temporaryFolder() })
  onTestFinished(() => store.close())
  const feedback = createFeedback(store, { announce: () => undefined }, await openPrivacy(store, 'key'))
  await feedback.submit([makeFeedback({ id: 'one' }), makeFeedback({ id: 'two' })])
  await feedback.review.triage({
    ids: ['one'],
    state: 'resolved',
    note: `used ${KEY}`,
    addTags: [KEY, 'key'],
  })
  await feedback.resolve('two', `used ${KEY}`)
  for (const id of ['one', 'two']) {
    const { note, tags } = (await store.ask('getFeedback', { id })) ?? {}
    expect(note).toMatch(/^used \[/)
    expect(JSON.stringify([note, tags])).not.toContain(KEY)
  }
})
