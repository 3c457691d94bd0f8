import { Agent } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import SqliteDatabase from 'better-sqlite3'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../scripts/temporary-folder.ts'
import { sendTo } from '../start-console.ts'
import { eventually } from './eventually.ts'
import { startHeadless } from './start-headless.ts'
import { textMatching } from './some-text.ts'

// What the wire promises: a console that is told to end has ended by then.
const END_MS = 30_000

/** Sends calls from several connections until nobody answers any more, and keeps the ids that were answered 2xx. */
function keepPosting(url: string) {
  const agent = new Agent({ keepAlive: true })
  const acknowledged: string[] = []
  let sent = 0
  const sender = async () => {
    for (;;) {
      const ids = Array.from({ length: 5 }, () => `call-${(sent += 1)}`)
      const answer = await sendTo(
        url,
        {
          method: 'POST',
          path: '/v1/app-logs',
          headers: { 'content-type': 'application/json' },
          body: ids.map((requestId) => ({
            app: 'sender',
            requestId,
            inputTokens: 3,
            prompt: 'x'.repeat(500),
          })),
        },
        agent,
      ).catch(() => null)
      if (answer === null) return
      if (answer.status === 200) acknowledged.push(...ids)
    }
  }
  const ended = Promise.all(Array.from({ length: 8 }, sender))
  onTestFinished(() => agent.destroy())
  return { acknowledged, ended }
}

/** Reads the database itself, without the console's code. */
function inspect(dataDir: string) {
  const db = new SqliteDatabase(join(dataDir, 'llmops.sqlite'), { readonly: true })
  try {
    const ids = db.prepare<[], string>('select request_id from app_log').pluck().all()
    return {
      integrity: db.pragma('integrity_check', { simple: true }),
      ids: new Set(ids),
      rows: ids.length,
      rolledUp: db
        .prepare(
          'select sum(requests) as requests, sum(input_tokens) as tokens from call_rollup where level = 5',
        )
        .get(),
    }
  } finally {
    db.close()
  }
}

describe('the console without a window', () => {
  test('prints one line of JSON when it takes requests, and logs elsewhere', async () => {
    const dataDir = temporaryFolder()
    const { child, ready, ended, stdout } = startHeadless({
      args: ['--port', '0', '--data-dir', dataDir, '--token', 'given-token'],
    })
    const line = await ready
    expect(line).toEqual({
      ready: true,
      url: textMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      token: 'given-token',
      dataDir,
      pid: child.pid,
    })
    expect((await sendTo(line.url, { path: '/healthz' })).status).toBe(200)
    child.kill('SIGINT')
    expect(await ended).toEqual({ code: 0, signal: null })
    expect(stdout().trimEnd().split('\n')).toHaveLength(1)
  })

  test('is set up by the environment too', async () => {
    const dataDir = temporaryFolder()
    const { child, ready, ended, stderr } = startHeadless({
      env: { LLMOPS_DATA_DIR: dataDir, LLMOPS_PORT: '0', LLMOPS_TOKEN: 'env-token' },
    })
    expect(await ready).toMatchObject({ dataDir, token: 'env-token' })
    child.kill('SIGTERM')
    expect(await ended).toEqual({ code: 0, signal: null })
    expect(stderr()).not.toContain('env-token')
  })

  test('told to end while calls come in ends in time, with every call that it answered', async () => {
    const dataDir = temporaryFolder()
    const { child, ready, ended } = startHeadless({ args: ['--port', '0', '--data-dir', dataDir] })
    const { url } = await ready
    const posting = keepPosting(url)
    await eventually(
      async () => posting.acknowledged.length,
      (count) => count >= 200,
    )
    child.kill('SIGTERM')
    const outcome = await Promise.race([ended, sleep(END_MS, 'still running', { ref: false })])
    expect(outcome).toEqual({ code: 0, signal: null })
    await posting.ended

    const { integrity, ids, rows, rolledUp } = inspect(dataDir)
    expect(integrity).toBe('ok')
    expect(posting.acknowledged.filter((id) => !ids.has(id))).toEqual([])
    expect(rows).toBe(ids.size)
    expect(rolledUp).toEqual({ requests: rows, tokens: rows * 3 })
  })

  test('killed while calls come in has every call that it answered, and starts again', async () => {
    const dataDir = temporaryFolder()
    const args = ['--port', '0', '--data-dir', dataDir]
    const first = startHeadless({ args })
    const posting = keepPosting((await first.ready).url)
    await eventually(
      async () => posting.acknowledged.length,
      (count) => count >= 200,
    )
    first.child.kill('SIGKILL')
    expect(await first.ended).toEqual({ code: null, signal: 'SIGKILL' })
    await posting.ended

    const second = startHeadless({ args })
    const { url, token } = await second.ready
    const headers = { authorization: `Bearer ${token}` }
    for (const id of [posting.acknowledged[0], posting.acknowledged.at(-1)]) {
      expect(await sendTo(url, { path: `/v1/app-logs/${id}`, headers })).toMatchObject({ status: 200 })
    }
    second.child.kill('SIGTERM')
    expect(await second.ended).toEqual({ code: 0, signal: null })

    const { integrity, ids, rows, rolledUp } = inspect(dataDir)
    expect(integrity).toBe('ok')
    expect(posting.acknowledged.filter((id) => !ids.has(id))).toEqual([])
    expect(rolledUp).toEqual({ requests: rows, tokens: rows * 3 })
  })

  test('says which option is wrong and ends with 1', async () => {
    const { ended, stderr, stdout } = startHeadless({
      args: ['--port', 'http', '--data-dir', temporaryFolder()],
    })
    expect(await ended).toEqual({ code: 1, signal: null })
    expect(stderr()).toContain('--port must be a number from 0 to 65535; 0 takes any free port.')
    expect(stderr()).not.toContain('    at ')
    expect(stdout()).toBe('')
  })

  test('says that another one uses the data folder and ends with 1, and leaves that one alone', async () => {
    const dataDir = temporaryFolder()
    const args = ['--port', '0', '--data-dir', dataDir]
    const first = startHeadless({ args })
    const { url, token } = await first.ready
    const second = startHeadless({ args })
    expect(await second.ended).toEqual({ code: 1, signal: null })
    expect(second.stderr()).toContain(`Another LLMOps Console uses the data folder ${dataDir}.`)
    expect(second.stdout()).toBe('')
    const answer = await sendTo(url, {
      path: '/v1/collector/status',
      headers: { authorization: `Bearer ${token}` },
    })
    expect(answer).toMatchObject({ status: 200, body: { dataDir } })
  })
})
