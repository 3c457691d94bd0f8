import { describe, expect, test } from 'vitest'
import type { ChannelMemory, GroupView, Notice } from '../../../src/main/alerts/grouping.ts'
import { decideNotices, NOTHING_TOLD } from '../../../src/main/alerts/grouping.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** One channel that is told of one rule. */
class Listener {
  memory: ChannelMemory = NOTHING_TOLD
  now = 0
  acknowledged = new Set<string>()
  silenced = new Set<string>()
  blocked: GroupView['blocked'] = null
  hasSeen = true

  flush(firing: readonly string[], afterMs = MINUTE): string[] {
    this.now += afterMs
    const { notices, memory } = decideNotices(this.memory, {
      now: this.now,
      repeatMs: 4 * HOUR,
      firing: firing.map((id) => ({ id, isAcknowledged: this.acknowledged.has(id) })),
      isSilenced: (id) => this.silenced.has(id),
      blocked: this.blocked,
      hasSeen: () => this.hasSeen,
    })
    this.memory = memory
    return notices.map(shortly)
  }
}

function shortly({ event, recordIds, suppression, cause }: Notice): string {
  const why = suppression === null ? cause : `not said: ${suppression}`
  return `${event} ${recordIds.join()} (${why})`
}

describe('a channel is told', () => {
  test('of the first, of new ones, and when all are resolved; of nothing else', () => {
    const channel = new Listener()
    expect(channel.flush(['a', 'b'])).toEqual(['firing a,b (first notification)'])
    expect(channel.flush(['a', 'b'])).toEqual([])
    expect(channel.flush(['a', 'b', 'c'])).toEqual(['firing c (new member)'])
    expect(channel.flush(['c'])).toEqual([])
    expect(channel.flush([])).toEqual(['resolved a,b,c (all resolved)'])
    expect(channel.flush([])).toEqual([])
    expect(channel.memory.members).toEqual({})
  })

  test('once of 500 that fire together', () => {
    const ids = Array.from({ length: 500 }, (_, index) => `r${index}`)
    expect(new Listener().flush(ids)).toEqual([`firing ${ids.join()} (first notification)`])
  })

  test('nothing of what fired and was resolved between two looks', () => {
    const channel = new Listener()
    channel.flush(['a'])
    // b came and went.
    expect(channel.flush(['a'])).toEqual([])
    expect(new Listener().flush([])).toEqual([])
  })

  test('again after the repeat interval, without what was acknowledged', () => {
    const channel = new Listener()
    channel.flush(['a', 'b'])
    channel.acknowledged.add('b')
    expect(channel.flush(['a', 'b'], 4 * HOUR - 1)).toEqual([])
    expect(channel.flush(['a', 'b'], 1)).toEqual(['repeat a (repeat interval elapsed)'])
    channel.acknowledged.add('a')
    expect(channel.flush(['a', 'b'], 5 * HOUR)).toEqual([])
    expect(channel.flush([])).toEqual(['resolved a,b (all resolved)'])
  })

  test('of new ones without the repeat of the others being put off', () => {
    const channel = new Listener()
    channel.flush(['a'])
    channel.flush(['a', 'b'], 3 * HOUR)
    expect(channel.flush(['a', 'b'], HOUR)).toEqual(['repeat a,b (repeat interval elapsed)'])
  })

  test('no later for a clock that was put back', () => {
    const channel = new Listener()
    channel.now = 100 * HOUR
    channel.flush(['a'])
    expect(channel.flush(['a'], -50 * HOUR)).toEqual([])
    expect(channel.flush(['a'], 4 * HOUR)).toEqual(['repeat a (repeat interval elapsed)'])
  })

  test('that all are resolved only if it saw that they fire', () => {
    const channel = new Listener()
    channel.flush(['a'])
    channel.hasSeen = false
    expect(channel.flush([])).toEqual(['resolved a (not said: firing-not-delivered)'])
  })
})

describe('a silence', () => {
  test('keeps what fires quiet, and is noted once; at its end it is told once as unmuted', () => {
    const channel = new Listener()
    channel.silenced.add('a')
    expect(channel.flush(['a'])).toEqual(['firing a (not said: silenced)'])
    expect(channel.flush(['a'])).toEqual([])
    channel.silenced.clear()
    expect(channel.flush(['a'])).toEqual(['unmuted a (silence ended)'])
    expect(channel.flush(['a'])).toEqual([])
    expect(channel.flush([])).toEqual(['resolved a (all resolved)'])
  })

  test('over what was told already is followed by unmuted, too, and the repeat meanwhile is noted', () => {
    const channel = new Listener()
    channel.flush(['a'])
    channel.silenced.add('a')
    expect(channel.flush(['a'], 4 * HOUR)).toEqual(['repeat a (not said: silenced)'])
    channel.silenced.clear()
    expect(channel.flush(['a'])).toEqual(['unmuted a (silence ended)'])
  })

  test('that outlasts what fires says nothing of it', () => {
    const channel = new Listener()
    channel.silenced.add('a')
    channel.flush(['a'])
    expect(channel.flush([])).toEqual([])
    channel.silenced.clear()
    expect(channel.flush([])).toEqual([])
  })

  test('does not keep the others quiet', () => {
    const channel = new Listener()
    channel.silenced.add('a')
    expect(channel.flush(['a', 'b'])).toEqual([
      'firing a (not said: silenced)',
      'firing b (first notification)',
    ])
    expect(channel.flush(['a'])).toEqual(['resolved b (all resolved)'])
  })

  test('over what is resolved notes that this is not said', () => {
    const channel = new Listener()
    channel.flush(['a'])
    channel.silenced.add('a')
    channel.flush(['a'])
    expect(channel.flush([])).toEqual(['resolved a (not said: silenced)'])
  })
})

describe('a channel that may not be used', () => {
  test.each(['quiet-hours', 'channel-disabled', 'channel-removed'] as const)(
    'for %s is told when it may again, if it still fires',
    (blocked) => {
      const channel = new Listener()
      channel.blocked = blocked
      expect(channel.flush(['a'])).toEqual([`firing a (not said: ${blocked})`])
      expect(channel.flush(['a', 'b'])).toEqual([`firing b (not said: ${blocked})`])
      expect(channel.flush(['a', 'b'], 10 * HOUR)).toEqual([])
      channel.blocked = null
      expect(channel.flush(['a', 'b'])).toEqual(['firing a,b (first notification)'])
    },
  )

  test('is not told of what was over before', () => {
    const channel = new Listener()
    channel.blocked = 'quiet-hours'
    channel.flush(['a'])
    expect(channel.flush([])).toEqual([])
  })

  test('when a silence ends is told of that later', () => {
    const channel = new Listener()
    channel.silenced.add('a')
    channel.flush(['a'])
    channel.silenced.clear()
    channel.blocked = 'quiet-hours'
    expect(channel.flush(['a'])).toEqual(['unmuted a (not said: quiet-hours)'])
    expect(channel.flush(['a'])).toEqual([])
    channel.blocked = null
    expect(channel.flush(['a'])).toEqual(['unmuted a (silence ended)'])
  })

  test('has its repeats and what is resolved noted', () => {
    const channel = new Listener()
    channel.flush(['a'])
    channel.blocked = 'quiet-hours'
    expect(channel.flush(['a'], 4 * HOUR)).toEqual(['repeat a (not said: quiet-hours)'])
    expect(channel.flush([])).toEqual(['resolved a (not said: quiet-hours)'])
    channel.blocked = null
    expect(channel.flush([])).toEqual([])
  })
})
