import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Rectangle, WindowPlace } from '../../../src/main/electron/window-place.ts'
import {
  MIN_HEIGHT,
  MIN_WIDTH,
  placeWindow,
  readWindowPlace,
} from '../../../src/main/electron/window-place.ts'

const left: Rectangle = { x: 0, y: 25, width: 1920, height: 1055 }
const right: Rectangle = { x: 1920, y: 0, width: 2560, height: 1440 }
const above: Rectangle = { x: 0, y: -1080, width: 1920, height: 1080 }
const at = (x: number, y: number, width = 1280, height = 800): WindowPlace => ({
  x,
  y,
  width,
  height,
  isMaximized: false,
})

test('the first time the system chooses, unless the usual size is larger than the screen', () => {
  expect(placeWindow(null, [left, right])).toBeNull()
  expect(placeWindow(null, [{ x: 0, y: 0, width: 1024, height: 700 }])).toEqual({
    x: 0,
    y: 0,
    width: 1024,
    height: 700,
  })
  expect(placeWindow(at(0, 0), [])).toBeNull()
})

test.each([
  ['on the main screen', at(100, 100), [left, right]],
  ['on the other one', at(2500, 200), [left, right]],
  ['on one with coordinates below zero', at(10, -900), [left, above]],
  ['across two', at(1800, 300), [left, right]],
  ['half off the edge, but within reach', at(-1000, 300), [left]],
])('a place %s comes back as it was', (_name, saved, screens) => {
  expect(placeWindow(saved, screens)).toEqual({ x: saved.x, y: saved.y, width: 1280, height: 800 })
})

test.each([
  ['on a screen that is gone', at(2500, 200), [left]],
  ['with its title above all screens', at(100, -500), [left]],
  ['with too little of it left to take hold of', at(1890, 300), [left]],
  ['below what a lower resolution shows', at(100, 1070), [left]],
])('a place %s is put in the middle of the main screen', (_name, saved, screens) => {
  expect(placeWindow(saved, screens)).toEqual({ x: 320, y: 153, width: 1280, height: 800 })
})

test('a window from a larger screen is made to fit', () => {
  expect(placeWindow(at(0, 30, 2560, 1440), [left])).toEqual({ x: 0, y: 30, width: 1920, height: 1055 })
})

test.each([
  ['nothing', null],
  ['a list', [1, 2]],
  ['a place without a size', { x: 0, y: 0, isMaximized: false }],
  ['half a pixel', { ...at(0.5, 0) }],
  ['no size', at(0, 0, 0, 800)],
  ['a place out of this world', at(1e9, 0)],
  ['a text for a number', { ...at(0, 0), x: '0' }],
  ['a number for a yes', { ...at(0, 0), isMaximized: 1 }],
])('a file that holds %s holds no place', (_name, kept) => {
  expect(readWindowPlace(kept)).toBeNull()
})

test('whatever was kept and whatever is plugged in, the upper edge can be reached and the size is sane', () => {
  const number = fc.integer({ min: -100_000, max: 100_000 })
  const size = fc.integer({ min: 1, max: 100_000 })
  const screen = fc.record({
    x: fc.integer({ min: -8000, max: 8000 }),
    y: fc.integer({ min: -8000, max: 8000 }),
    width: fc.integer({ min: 320, max: 8000 }),
    height: fc.integer({ min: 240, max: 8000 }),
  })
  const saved = fc.record({ x: number, y: number, width: size, height: size, isMaximized: fc.boolean() })
  fc.assert(
    fc.property(saved, fc.array(screen, { minLength: 1, maxLength: 4 }), (place, screens) => {
      expect(readWindowPlace(place)).toEqual(place)
      const placed = placeWindow(place, screens)
      if (!placed) throw new Error('there is a screen')
      const isInReach = screens.some(
        (area) =>
          Math.min(placed.x + placed.width, area.x + area.width) - Math.max(placed.x, area.x) >= 120 &&
          placed.y < area.y + area.height &&
          placed.y + 32 > area.y,
      )
      expect(isInReach).toBe(true)
      expect(placed.width).toBeGreaterThanOrEqual(MIN_WIDTH)
      expect(placed.height).toBeGreaterThanOrEqual(MIN_HEIGHT)
    }),
  )
})
