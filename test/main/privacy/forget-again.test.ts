import { createHmac } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { ForgettingParts } from '../../../src/main/privacy/forget.ts'
import { openForgetting, openForgottenList } from '../../../src/main/privacy/index.ts'
import { requestRestore } from '../../../src/main/store/care/restore-request.ts'
import { writeBackup } from '../../../src/main/store/care/write-backup.ts'
import type { Store } from '../../../src/main/store/store.ts'
import { databaseOf, openStore } from '../../../src/main/store/store.ts'
import { consoleForTest } from '../../start-console.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { eventually } from '../eventually.ts'
import { makeCall } from '../store/make-call.ts'
import { makeFeedback } from '../store/make-feedback.ts'

const USER = 'u-Ŵilhelmina-7781'
const SECRETS = ['Zeppelinfahrt-Passau', '紫色河马', 'quokkablossom', USER]
const START = Date.UTC(2026, 10, 1)
const CALL = 'call-by-itself'

async function forgettingOf(store: Store, dataDir: string, parts: Partial<ForgettingParts> = {}) {
  return openForgetting({
    store,
    hash: (text) => createHmac('sha256', 'key').update(text).digest('hex'),
    list: await openForgottenList(join(dataDir, 'forgotten.jsonl')),
    forgetElsewhere: async () => undefined,
    forgetArchived: async () => undefined,
    onCatchUp: () => undefined,
    onCaughtUp: () => undefined,
    ...parts,
  })
}

/** Which of some texts the database of a data folder, or a file beside it that is no backup, holds. */
function inFiles(dataDir: string, texts: readonly string[] = SECRETS): string[] {
  const files = readdirSync(dataDir).filter((name) => /^(llmops\.sqlite.*|forgotten\.jsonl)$/.test(name))
  const contents = files.map((name) => readFileSync(join(dataDir, name)))
  return texts.filter((text) => contents.some((content) => content.includes(text)))
}

/** A store with a user, a call that is to go by itself, and others; and a backup of it, outside. */
async function storeWithBackup() {
  const dataDir = temporaryFolder()
  const store = await openStore({ dataDir })
  const text = (content: string) => ({ format: 'text' as const, text: content })
  await store.insertCalls([
    ...Array.from({ length: 300 }, (_, index) =>
      makeCall({
        requestId: `own-${index}`,
        userId: USER,
        startedAt: START + index,
        prompt: text('Zeppelinfahrt-Passau '.repeat(index % 50)),
      }),
    ),
    ...Array.from({ length: 300 }, (_, index) =>
      makeCall({ requestId: `other-${index}`, userId: `u-${index % 7}`, startedAt: START + index }),
    ),
    makeCall({ requestId: CALL, userId: 'u-1', startedAt: START, prompt: text('紫色河马') }),
    makeCall({ requestId: 'step', isStep: true, userId: USER, startedAt: START, name: 'quokkablossom' }),
  ])
  while ((await store.followCalls()) > 0);
  await store.insertFeedback([
    makeFeedback({ requestId: 'own-1', userId: USER, comment: 'quokkablossom' }),
    makeFeedback({ requestId: 'other-1', userId: USER, comment: 'quokkablossom' }),
    makeFeedback({ requestId: 'other-2', userId: 'u-2', comment: 'fine' }),
  ])
  const backup = join(temporaryFolder(), 'llmops-20261101T000000Z-manual.sqlite')
  await writeBackup(databaseOf({ dataDir }), backup, () => undefined)
  return { dataDir, store, backup }
}

async function forgetBoth(store: Store, dataDir: string): Promise<void> {
  const forgetting = await forgettingOf(store, dataDir)
  for await (const _step of forgetting.user(USER));
  const call = await store.ask('getCall', { requestId: CALL })
  expect(await forgetting.call({ id: call?.id ?? 0, requestId: CALL })).toBe(true)
}

async function restored(dataDir: string, backup: string, keepAs = 'kept.before'): Promise<Store> {
  requestRestore(dataDir, { backup, keepAs })
  return openStore({ dataDir })
}

test(
  'a restored backup is without those who were forgotten since, and the list of them names nobody',
  { timeout: 90_000 },
  async () => {
    const { dataDir, store, backup } = await storeWithBackup()
    await forgetBoth(store, dataDir)
    await store.close()
    expect(inFiles(dataDir)).toEqual([])
    expect(statSync(join(dataDir, 'forgotten.jsonl')).mode & 0o777).toBe(0o600)

    const again = await restored(dataDir, backup)
    expect(inFiles(dataDir)).toEqual(SECRETS)
    const told: unknown[] = []
    const tell = {
      onCatchUp: (due: number) => void told.push(due),
      onCaughtUp: (done: unknown) => void told.push(done),
    }
    const forgetting = await forgettingOf(again, dataDir, tell)
    await forgetting.catchUp()
    // At once, before anything else is asked.
    expect((await again.ask('storeSize', null)).calls).toBe(300)
    expect(await forgetting.find(USER)).toEqual({ calls: 0, feedback: 0 })
    expect(await again.ask('getCall', { requestId: CALL })).toBeUndefined()
    expect(await again.ask('getCall', { requestId: 'step' })).toBeUndefined()
    expect((await again.ask('listFeedback', { limit: 10 })).items).toMatchObject([{ comment: 'fine' }])
    expect(told).toEqual([2, { calls: 301, users: 1 }])
    await eventually(
      async () => inFiles(dataDir),
      (left) => left.length === 0,
      60_000,
    )
    await eventually(
      async () => again.ask('readForgotten', null),
      (noted) => noted.length === 2,
      60_000,
    )
    // It is done: nothing is looked for at the next start, and who comes back is welcome.
    await again.insertCalls([makeCall({ requestId: 'later', userId: USER, startedAt: Date.now() })])
    const next = await forgettingOf(again, dataDir, tell)
    await next.catchUp()
    expect(told).toHaveLength(2)
    expect(await next.find(USER)).toMatchObject({ calls: 1 })
  },
)

test(
  'killed while it forgets again, the next start goes on; a forgetting that was killed goes on, too',
  { timeout: 90_000 },
  async () => {
    const { dataDir, store, backup } = await storeWithBackup()
    const broken = (of: Store, after: number): Store => {
      let left = after
      return {
        ...of,
        async forgetCalls(calls) {
          if (calls.ids.length > 0 && (left -= 1) < 0) throw new Error('killed')
          return of.forgetCalls(calls)
        },
      }
    }
    const cut = await forgettingOf(broken(store, 1), dataDir)
    await expect(async () => {
      for await (const _step of cut.user(USER));
    }).rejects.toThrow('killed')
    expect(await cut.find(USER)).toMatchObject({ calls: 100 })
    // A backup in the middle of it is no more than a backup of before.
    const middle = join(temporaryFolder(), 'llmops-20261102T000000Z-manual.sqlite')
    await writeBackup(databaseOf({ dataDir }), middle, () => undefined)
    const goesOn = await forgettingOf(store, dataDir)
    await goesOn.catchUp()
    expect(await goesOn.find(USER)).toEqual({ calls: 0, feedback: 0 })
    await eventually(
      async () => store.ask('readForgotten', null),
      (noted) => noted.length === 1,
      60_000,
    )
    await store.close()

    for (const [file, keepAs] of [
      [backup, 'first.before'],
      [middle, 'second.before'],
    ] as const) {
      const again = await restored(dataDir, file, keepAs)
      const killed = await forgettingOf(broken(again, 0), dataDir)
      await expect(killed.catchUp()).rejects.toThrow('killed')
      const next = await forgettingOf(again, dataDir)
      await next.catchUp()
      expect(await next.find(USER)).toEqual({ calls: 0, feedback: 0 })
      await eventually(
        async () => again.ask('readForgotten', null),
        (noted) => noted.length === 1,
        60_000,
      )
      await again.close()
    }
  },
)

test('what a database of before there was a list knows is in the list; half a line spoils no other', async () => {
  const dataDir = temporaryFolder()
  const store = await openStore({ dataDir })
  onTestFinished(() => store.close())
  const digest = 'a'.repeat(64)
  await store.forgetCalls({ ids: [], digests: [digest], forgottenAt: START })
  await forgettingOf(store, dataDir)
  const file = join(dataDir, 'forgotten.jsonl')
  expect((await openForgottenList(file)).entries).toEqual(new Map([[digest, START]]))
  writeFileSync(file, `${readFileSync(file, 'utf8')}{"digest":"bb`)
  const torn = await openForgottenList(file)
  await torn.add(['c'.repeat(64)], START + 1)
  expect([...(await openForgottenList(file)).entries]).toEqual([
    [digest, START],
    ['c'.repeat(64), START + 1],
  ])
})

test(
  'over a restart of the console a restored backup shows nobody who was forgotten since',
  { timeout: 90_000 },
  async () => {
    const first = await consoleForTest()
    const { dataDir, token } = first
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const manage = (path: string, body: unknown = {}) => first.send({ method: 'POST', path, headers, body })
    const calls = ['alice-4711', 'bob-0815'].map((userId) => ({
      requestId: `of-${userId}`,
      app: 'shop',
      userId,
      prompt: `I am ${userId}`,
    }))
    expect((await first.post(calls)).body).toMatchObject({ accepted: 2 })
    const backup = join(temporaryFolder(), 'llmops-20261101T000000Z-manual.sqlite')
    await writeBackup(databaseOf({ dataDir }), backup, () => undefined)
    expect((await manage('/v1/privacy/forget-user', { userId: 'alice-4711' })).status).toBe(200)
    await first.console.close()
    requestRestore(dataDir, { backup, keepAs: 'llmops-20260101T000000Z-before-restore.sqlite' })

    const second = await consoleForTest({ dataDir })
    expect((await second.get('/v1/app-logs')).body).toMatchObject({ items: [{ userId: 'bob-0815' }] })
    await eventually(
      async () => inFiles(dataDir, ['alice-4711']),
      (left) => left.length === 0,
      60_000,
    )
    expect(inFiles(dataDir, ['bob-0815'])).toEqual(['bob-0815'])
  },
)
