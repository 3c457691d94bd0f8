import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, onTestFinished, test } from 'vitest'
import type {
  UsageEstimator,
  UsageEstimatorOptions,
} from '../../../../src/main/ingest/estimation/usage-estimator.ts'
import { createUsageEstimator } from '../../../../src/main/ingest/estimation/usage-estimator.ts'
import type { NewCall } from '../../../../src/main/store/call.ts'
import { makeCall } from '../../store/make-call.ts'
import { cl100k, o200k } from './vocabularies.ts'

function open(options: UsageEstimatorOptions = {}): UsageEstimator {
  const estimator = createUsageEstimator(options)
  onTestFinished(() => estimator.close())
  return estimator
}

const silent = (prompt: string, changes: Partial<NewCall> = {}) =>
  makeCall({
    model: 'gpt-4o',
    prompt: { format: 'text', text: prompt },
    response: { format: 'text', text: 'Yes.' },
    ...changes,
  })
const reporting = () =>
  makeCall({ model: 'gpt-4o', inputTokens: 3, outputTokens: 4, usageSource: 'reported' })

/** A thread that does not count but what it is told. */
const threadOf = (onMessage: string) => () =>
  new Worker(
    `const { parentPort: port } = require('node:worker_threads'); port.on('message', ${onMessage})`,
    {
      eval: true,
    },
  )
const COUNTING = '(wanted) => port.postMessage(wanted.map(() => ({ prompt: 1, response: 1 })))'
const DEAF = '() => undefined'
const DYING = '() => process.exit(1)'
const BROKEN = '() => { throw new Error("out of order") }'

const countsOf = (calls: NewCall[]) => calls.map((call) => call.inputTokens)
const flagsOf = (calls: NewCall[]) => calls.map((call) => call.flags)

describe('a usage estimator', () => {
  test('counts as the library does, in the encoding of each model, and keeps the order', async () => {
    const texts = ['How do I get to the station?', '请用三句话介绍一下上海。', 'x'.repeat(3_000)]
    const models = ['gpt-4', 'gpt-4o']
    const calls = models.flatMap((model) => texts.map((text) => silent(text, { model })))
    const mixed = calls.flatMap((call) => [reporting(), call])

    const counted = await open().estimate(mixed)

    const expected = [cl100k, o200k].flatMap((count) =>
      texts.flatMap((text) => [
        { inputTokens: 3, outputTokens: 4, totalTokens: null, usageSource: 'reported', flags: [] },
        {
          inputTokens: count(text),
          outputTokens: 2,
          totalTokens: count(text) + 2,
          usageSource: 'estimated',
          flags: [],
        },
      ]),
    )
    expect(counted).toMatchObject(expected)
    expect(counted.map((call) => call.requestId)).toEqual(mixed.map((call) => call.requestId))
  })

  test('gives calls that report their usage back at once, and starts no thread for them', () => {
    const startThread = () => {
      throw new Error('started')
    }
    const calls = [reporting(), makeCall(), silent('?', { isStep: true })]
    expect(open({ startThread }).estimate(calls)).toBe(calls)
  })

  test('leaves calls as they are while it is off', () => {
    let isOn = false
    const estimator = open({ isOn: () => isOn, startThread: threadOf(COUNTING) })
    const calls = [silent('?')]
    expect(estimator.estimate(calls)).toBe(calls)
    isOn = true
    expect(estimator.estimate(calls)).not.toBe(calls)
  })

  test('counts what many ask for at the same time, each its own', async () => {
    const estimator = open()
    const requests = Array.from({ length: 50 }, (_, index) => [
      silent('one '.repeat(index + 1)),
      silent('one '.repeat(20_000)),
    ])
    const counted = await Promise.all(requests.map(async (calls) => estimator.estimate(calls)))
    expect(counted.map(countsOf)).toEqual(
      requests.map((calls) => calls.map((call) => o200k(call.prompt?.text ?? ''))),
    )
  })
})

describe('a usage estimator that cannot keep up', () => {
  test('flags and lets pass what comes while too much waits, and counts again afterwards', async () => {
    const estimator = open({ limits: { countQueueLength: 1_000 } })
    const first = estimator.estimate([silent('a '.repeat(1_000))])
    const passed = estimator.estimate([reporting(), silent('?')])
    expect(passed).toMatchObject([
      { inputTokens: 3, flags: [] },
      { inputTokens: null, flags: ['usage-not-estimated'] },
    ])
    expect(countsOf(await first)).toEqual([1_001])
    expect(countsOf(await estimator.estimate([silent('?')]))).toEqual([1])
  })

  test('lets a request pass without counts when its time is over, while the thread starts', async () => {
    const estimator = open({ startThread: threadOf(DEAF), limits: { countStartMs: 20 } })
    const [under, waiting] = await Promise.all([
      estimator.estimate([silent('under way'), reporting()]),
      estimator.estimate([silent('waiting')]),
    ])
    expect(flagsOf(under)).toEqual([['usage-not-estimated'], []])
    expect(flagsOf(waiting)).toEqual([['usage-not-estimated']])
  })

  test('does so, too, when the thread has counted before', async () => {
    const startThread = threadOf(`(wanted) => wanted[0].prompt.text === 'count' && (${COUNTING})(wanted)`)
    const estimator = open({ startThread, limits: { countWaitMs: 20 } })
    expect(countsOf(await estimator.estimate([silent('count')]))).toEqual([1])
    expect(flagsOf(await estimator.estimate([silent('wait')]))).toEqual([['usage-not-estimated']])
  })

  test('leaves out what was given up before the thread had begun with it', async () => {
    const threads: Worker[] = []
    const startThread = () => {
      const thread = threadOf(DEAF)()
      threads.push(thread)
      return thread
    }
    const estimator = open({
      startThread,
      limits: { countStartMs: 10, countStuckMs: 200, countRestartMs: 0 },
    })
    await Promise.all([estimator.estimate([silent('under way')]), estimator.estimate([silent('waiting')])])
    const [first] = threads
    if (first) await once(first, 'exit')
    expect(threads).toHaveLength(1)
  })

  test('ends a thread that is stuck, and goes on with another', async () => {
    const threads: Worker[] = []
    const startThread = () => {
      const thread = threadOf(DEAF)()
      threads.push(thread)
      return thread
    }
    const estimator = open({ startThread, limits: { countStuckMs: 20, countRestartMs: 0 } })
    for (const text of ['stuck', 'stuck again']) {
      expect(flagsOf(await estimator.estimate([silent(text)]))).toEqual([['usage-not-estimated']])
    }
    expect(threads.map((thread) => thread.threadId)).toEqual([-1, -1])
  })
})

describe('a usage estimator whose thread ends', () => {
  test.each([
    ['exits', DYING],
    ['throws', BROKEN],
  ])('flags what the thread had when it %s, and counts the rest with another', async (_, how) => {
    const threads = [threadOf(how), threadOf(COUNTING)]
    const failures: string[] = []
    const estimator = open({
      startThread: () => (threads.shift() ?? threadOf(DEAF))(),
      onFailure: ({ message }) => failures.push(message),
      limits: { countRestartMs: 0 },
    })
    const lost = estimator.estimate([silent('lost')])
    const kept = estimator.estimate([silent('kept')])
    expect(flagsOf(await lost)).toEqual([['usage-not-estimated']])
    expect(countsOf(await kept)).toEqual([1])
    expect(failures).toEqual(how === BROKEN ? ['out of order'] : [])
  })

  test('lets calls pass for a while when no thread has ever counted anything', async () => {
    let started = 0
    const estimator = open({
      startThread: () => {
        started += 1
        return threadOf(DYING)()
      },
      limits: { countRestartMs: 60_000 },
    })
    for (let round = 0; round < 3; round += 1) {
      expect(flagsOf(await estimator.estimate([silent('?')]))).toEqual([['usage-not-estimated']])
    }
    expect(started).toBe(1)
  })

  test('counts nothing once it is closed, and keeps nobody waiting', async () => {
    const estimator = open({ startThread: threadOf(DEAF) })
    const waiting = Promise.all([estimator.estimate([silent('a')]), estimator.estimate([silent('b')])])
    await estimator.close()
    expect((await waiting).map(flagsOf)).toEqual([[['usage-not-estimated']], [['usage-not-estimated']]])
    expect(flagsOf(await estimator.estimate([silent('late')]))).toEqual([['usage-not-estimated']])
  })
})
