import type { RunningApp } from './launch.ts'

const HOUR_MS = 3_600_000
const MODELS = [
  { provider: 'openai', model: 'gpt-4o' },
  { provider: 'anthropic', model: 'claude-sonnet-4-20250514' },
  { provider: 'house', model: 'house-model-2' },
]
const APPS = ['support-bot', 'checkout', 'translator']

/** The ids of what pages of one thing show. */
export interface SampleData {
  requestId: string
  recordId: string
}

/** What only a console has that is in use for long: an archive, from a run that has deleted an old call, and a backup. */
export async function keepOldData(running: RunningApp): Promise<void> {
  const ask = askOf(running)
  const startedAt = Date.now() - 400 * 24 * HOUR_MS
  await ask('/v1/app-logs', [{ requestId: 'old-1', app: 'archived', startedAt, prompt: 'Is it long ago?' }])
  await ask('/v1/retention/runs', {})
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const { items } = (await ask('/v1/archives')) as { items: unknown[] }
    if (items.length > 0) break
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  await ask('/v1/backups', {})
}

/**
 * Something on every page: calls of a day with errors, sessions and texts, feedback, a price of one's own, a rule, and a
 * record of it that fires. The application must look at its rules each second (`LLMOPS_ALERT_INTERVAL_S`).
 */
export async function sendSampleData(running: RunningApp): Promise<SampleData> {
  const now = Date.now()
  const ask = askOf(running)
  const calls = Array.from({ length: 240 }, (_, index) => ({
    requestId: `sample-${index}`,
    app: APPS[index % 3],
    appType: 'agent',
    environment: index % 4 === 0 ? 'staging' : 'production',
    userId: `user-${index % 9}`,
    sessionId: `session-${index % 20}`,
    ...MODELS[index % 3],
    startedAt: now - 60_000 - index * (HOUR_MS / 11),
    durationMs: 300 + ((index * 97) % 1_900),
    ttftMs: 80 + ((index * 31) % 200),
    inputTokens: 900 + index,
    cachedInputTokens: 100,
    outputTokens: 120 + (index % 60),
    prompt: [
      { role: 'system', content: 'Answer briefly.' },
      { role: 'user', content: `Where is order ${index}?` },
    ],
    response: `# Order ${index}\n\nIt is **on its way**:\n\n- packed\n- sent\n\n| step | day |\n|---|---|\n| sent | today |`,
    tags: ['sample'],
    ...(index % 6 === 0 ? { errorType: 'rate_limit', errorMessage: 'Too many requests' } : {}),
  }))
  await ask('/v1/app-logs', calls)
  for (const [index, rating] of [1, 5, 3, 4, 2, 5].entries()) {
    await ask('/v1/feedback', {
      requestId: `sample-${index}`,
      rating,
      comment: rating < 3 ? 'This was not the order that I asked for' : 'Quick and right',
      tags: ['order'],
    })
  }
  await ask('/v1/model-cost-configs', {
    provider: 'own',
    model: 'own-model',
    match: 'exact',
    inputPerMillion: 3,
    outputPerMillion: 15,
    currency: 'USD',
  })
  await ask('/v1/alerts/rules', {
    name: 'Many fail',
    severity: 'critical',
    conditions: [{ metric: 'failureRate', comparison: 'gt', threshold: 0.05, windowMinutes: 60 }],
    forMinutes: 0,
    minSamples: 1,
    channels: ['inApp'],
  })
  return { requestId: 'sample-1', recordId: await firstFiring() }

  async function firstFiring(): Promise<string> {
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const { items } = (await ask('/v1/alerts/records?state=firing')) as { items: { id: string }[] }
      if (items[0]) return items[0].id
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    throw new Error('the rule did not fire')
  }
}

/** Asks the management API; with a body, to do something. */
export function askOf({ url, token }: RunningApp): (path: string, body?: unknown) => Promise<unknown> {
  return async (path, body) => {
    const answer = await fetch(url + path, {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}: ${await answer.text()}`)
    return answer.json() as Promise<unknown>
  }
}
