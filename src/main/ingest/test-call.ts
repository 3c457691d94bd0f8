import { v7 as timeOrderedId } from 'uuid'
import { BASE_CURRENCY } from '../pricing/index.ts'
import type { Ingest } from './ingest.ts'
import { readNativeRecords } from './native.ts'

/** The app of calls that the console sends to itself, so that whoever looks can tell them from an app's. */
const TEST_APP = 'llmops-console-test'

/**
 * Stores a call as an app would send it, to see that calls arrive. It says that it used no tokens and cost nothing, so
 * that it falsifies no sum.
 *
 * @param nowMs epoch ms.
 * @throws ConsoleError what `Ingest.submit` throws.
 */
export async function sendTestCall(
  ingest: Pick<Ingest, 'submit'>,
  nowMs: number,
): Promise<{ app: string; requestId: string }> {
  const requestId = timeOrderedId({ msecs: nowMs })
  const record = {
    requestId,
    app: TEST_APP,
    operation: 'chat',
    model: 'test',
    startedAt: nowMs,
    durationMs: 1,
    inputTokens: 0,
    outputTokens: 0,
    cost: { amount: 0, currency: BASE_CURRENCY },
    prompt: 'Does this arrive?',
    response: 'It does.',
    tags: ['test'],
  }
  await ingest.submit(readNativeRecords([record], nowMs).calls)
  return { app: TEST_APP, requestId }
}
