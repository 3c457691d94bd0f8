import { call } from '@orpc/server'
import { describe, expect, test } from 'vitest'
import type { TestConsole } from '../../start-console.ts'
import { consoleForTest } from '../../start-console.ts'
import { startOpenAi } from '../../vendors/openai-server.ts'
import { consoleWith, onlyCall, statusOf } from './proxy/open-proxy.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const CHAT = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hi' }] }

const manage = (opened: TestConsole, verb: 'pause' | 'resume', token = opened.token) =>
  opened.send({
    method: 'POST',
    path: `/v1/collector/${verb}`,
    headers: { authorization: `Bearer ${token}` },
  })

const post = (opened: TestConsole, path: string, body: unknown) =>
  opened.send({ method: 'POST', path, headers: JSON_TYPE, body })

describe('while the collector is paused', () => {
  test('what is sent to be stored is answered that it is to be tried again later', async () => {
    const opened = await consoleForTest()
    await manage(opened, 'pause')
    for (const path of ['/v1/app-logs', '/v1/feedback']) {
      const answer = await post(opened, path, { app: 'shop' })
      expect(answer.status).toBe(503)
      expect(answer.headers['retry-after']).toBe('30')
      expect(answer.body).toMatchObject({ error: { code: 'paused' } })
    }
    for (const path of ['/v1/traces', '/v1/logs', '/v1/metrics', '/api/public/otel/v1/traces']) {
      const answer = await post(opened, path, {})
      expect(answer.status).toBe(503)
      expect(answer.headers['retry-after']).toBe('30')
      // As OTLP wants it: unavailable.
      expect(answer.body).toMatchObject({ code: 14 })
    }
  })

  test('the proxy passes requests on, records none, and counts them', async () => {
    const vendor = await startOpenAi()
    const opened = await consoleWith({ openai: vendor.url })
    const chat = () => post(opened, '/proxy/openai/v1/chat/completions', CHAT)
    await manage(opened, 'pause')
    expect((await chat()).status).toBe(200)
    expect((await statusOf(opened)).counters.dropped).toEqual({ paused: 1 })

    await manage(opened, 'resume')
    expect((await chat()).status).toBe(200)
    // The second: the first is not there, nor on its way.
    await onlyCall(opened)
  })

  test('it says so, and what refuses is counted', async () => {
    const opened = await consoleForTest()
    expect(await statusOf(opened)).toMatchObject({ pausedSince: null })
    const { body } = await manage(opened, 'pause')
    expect(body).toEqual({ pausedSince: expect.any(Number) as number })
    expect((await manage(opened, 'pause')).body).toEqual(body)
    expect((await opened.send({ method: 'GET', path: '/healthz' })).body).toEqual({ status: 'paused' })
    await post(opened, '/v1/app-logs', { app: 'shop' })
    const status = await statusOf(opened)
    expect(status).toMatchObject({ ...(body as object), counters: { accepted: 0, refused: { paused: 1 } } })
    await expect(call(opened.console.router.collector.sendTestCall, undefined)).rejects.toThrow('paused')

    expect((await manage(opened, 'resume')).body).toEqual({ pausedSince: null })
    expect((await post(opened, '/v1/app-logs', { app: 'shop' })).status).toBe(200)
    expect((await opened.send({ method: 'GET', path: '/healthz' })).body).toEqual({ status: 'ok' })
  })

  test('whoever follows learns of it, and only who manages may do it', async () => {
    const opened = await consoleForTest()
    const states = await call(opened.console.router.collector.followPause, undefined)
    expect(await states.next()).toMatchObject({ value: { pausedSince: null } })
    expect((await manage(opened, 'pause', 'wrong')).status).toBe(401)
    expect((await statusOf(opened)).pausedSince).toBeNull()
    await manage(opened, 'pause')
    expect(await states.next()).toMatchObject({ value: { pausedSince: expect.any(Number) as number } })
    await states.return(undefined)
  })
})
