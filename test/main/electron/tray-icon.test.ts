import { expect, test } from 'vitest'
import { drawTrayIcon } from '../../../src/main/electron/tray-icon.ts'

const pixelAt = (pixels: Uint8Array, size: number, x: number, y: number) => [
  ...pixels.slice((y * size + x) * 4, (y * size + x) * 4 + 4),
]

test('three bars on nothing, and a red dot when something is unread', () => {
  const size = 32
  const plain = drawTrayIcon(size, { hasUnread: false, isPaused: false })
  expect(plain).toHaveLength(size * size * 4)
  expect(pixelAt(plain, size, 0, 0)).toEqual([0, 0, 0, 0])
  // Blue, green, red, opacity.
  expect(pixelAt(plain, size, 5, 25)).toEqual([235, 99, 37, 255])
  expect(pixelAt(plain, size, 24, 8)).toEqual([235, 99, 37, 255])
  expect(pixelAt(drawTrayIcon(size, { hasUnread: true, isPaused: false }), size, 24, 8)).toEqual([
    38, 38, 220, 255,
  ])
  const paused = drawTrayIcon(size, { hasUnread: false, isPaused: true })
  expect(pixelAt(paused, size, 5, 25)).toEqual([156, 146, 140, 255])
})
