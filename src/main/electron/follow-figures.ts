import { createRouterClient } from '@orpc/server'
import type { Console } from '../console.ts'
import type { Log } from '../log.ts'
import type { TrayFigures } from './tray-menu.ts'

export interface FollowOptions {
  core: Pick<Console, 'router'>
  /** Told when anything of it changes. */
  onChange: (figures: TrayFigures) => void
  log: Log
  intervals?: { callsMs: number; dayMs: number }
}

/** A glance at the tray is no chart: it is asked for seldom, and only when calls came or the day changed. */
const INTERVALS = { callsMs: 5_000, dayMs: 60_000 }
const RETRY_MS = 2_000

/** Follows what the tray tells of. @returns a function that ends it. */
export function followFigures({ core, onChange, log, intervals = INTERVALS }: FollowOptions): () => void {
  const { alerts, collector, monitoring } = createRouterClient(core.router)
  const ending = new AbortController()
  const { signal } = ending
  let figures: TrayFigures = {
    requests: 0,
    costNanos: 0,
    currency: 'USD',
    firing: 0,
    unread: 0,
    isPaused: false,
  }
  let countedDay = 0
  let nextCount: NodeJS.Timeout | undefined

  const change = (news: Partial<TrayFigures>): void => {
    figures = { ...figures, ...news }
    if (!signal.aborted) onChange(figures)
  }
  const count = async (): Promise<void> => {
    const { from, to } = localDay(Date.now())
    const { requests, costNanos, currency } = await monitoring.summary({ from, to })
    countedDay = from
    change({ requests, costNanos, currency })
  }
  const countSoon = (): void => {
    nextCount ??= setTimeout(() => {
      nextCount = undefined
      count().catch((error: unknown) => log.warn(`today's calls could not be counted: ${String(error)}`))
    }, intervals.callsMs)
    nextCount.unref()
  }
  const day = setInterval(() => {
    if (countedDay !== localDay(Date.now()).from) countSoon()
  }, intervals.dayMs)
  day.unref()

  const forEver = async (what: string, follow: () => Promise<void>): Promise<void> => {
    while (!signal.aborted) {
      await follow().catch((error: unknown) => {
        if (!signal.aborted) log.warn(`${what} cannot be followed right now: ${String(error)}`)
      })
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref())
    }
  }
  void forEver('calls', async () => {
    const events = await collector.events(undefined, { signal })
    await count()
    for await (const _event of events) countSoon()
  })
  void forEver('alerts', async () => {
    const events = await alerts.rules.events(undefined, { signal })
    const { unread, firing } = await alerts.records.unread()
    change({ unread, firing })
    for await (const event of events) change({ unread: event.unread, firing: event.firing })
  })
  void forEver('the pause', async () => {
    for await (const { pausedSince } of await collector.followPause(undefined, { signal }))
      change({ isPaused: pausedSince !== null })
  })
  change({})

  return () => {
    ending.abort()
    clearTimeout(nextCount)
    clearInterval(day)
  }
}

/** Epoch ms, `[from, to)`, of the day by the local clock. */
export function localDay(now: number): { from: number; to: number } {
  const at = new Date(now)
  const midnight = (days: number) => new Date(at.getFullYear(), at.getMonth(), at.getDate() + days).getTime()
  return { from: midnight(0), to: midnight(1) }
}
