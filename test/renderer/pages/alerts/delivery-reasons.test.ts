import { describe, expect, test } from 'vitest'
import { NOTIFICATION_REASONS } from '#shared/contract/alerts/notification-reasons.ts'
import { readReason } from '../../../../src/renderer/pages/alerts/delivery-reasons.ts'

describe('readReason', () => {
  test.each([...NOTIFICATION_REASONS, 'silenced', 'quiet-hours', 'firing-not-delivered'])(
    '%s has words of its own',
    (code) => {
      const { key, said } = readReason(code)
      expect(key).toMatch(/^alerts\.reason\./)
      if (code !== 'failed') expect(key).not.toBe('alerts.reason.failed')
      expect(said).toBe('')
    },
  )

  test('what the other side said stands behind the colon', () => {
    expect(readReason('refused: no_text: nothing to send')).toEqual({
      key: 'alerts.reason.refused',
      said: 'no_text: nothing to send',
    })
  })

  test('a reason of a newer version is shown as it is', () => {
    expect(readReason('by-the-moon')).toEqual({ key: 'alerts.reason.failed', said: 'by-the-moon' })
  })
})
