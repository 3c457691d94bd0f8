import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  allDrawn,
  drawInTurn,
  forgetDrawing,
} from '../../../../src/renderer/components/charts/draw-in-turn.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('each is drawn once, in a turn of its own, in the order in which they asked first', () => {
  const drawn: string[] = []
  const [one, other] = [() => void drawn.push('one'), () => void drawn.push('other')]
  drawInTurn(one)
  drawInTurn(other)
  drawInTurn(one)
  expect(drawn).toEqual([])
  vi.advanceTimersToNextTimer()
  expect(drawn).toEqual(['one'])
  vi.runAllTimers()
  expect(drawn).toEqual(['one', 'other'])
})

test('what was given up is not drawn, and does not hold up the others', () => {
  const drawn: string[] = []
  const gone = () => void drawn.push('gone')
  drawInTurn(gone)
  drawInTurn(() => void drawn.push('there'))
  forgetDrawing(gone)
  vi.runAllTimers()
  expect(drawn).toEqual(['there'])
})

test('whoever waits for all is told when the last of them has been drawn', async () => {
  const drawn: string[] = []
  drawInTurn(() => void drawn.push('one'))
  const all = allDrawn().then(() => drawn.push('all'))
  vi.runAllTimers()
  await all
  expect(drawn).toEqual(['one', 'all'])
})

describe('while the application starts', () => {
  async function freshStart() {
    vi.resetModules()
    return import('../../../../src/renderer/components/charts/draw-in-turn.ts')
  }

  test('what is operated comes after the first charts, and later at once', async () => {
    const { drawInTurn, drawLater } = await freshStart()
    const drawn: string[] = []
    expect(drawLater(() => void drawn.push('menu'))).toBe(true)
    drawInTurn(() => void drawn.push('one'))
    drawInTurn(() => void drawn.push('other'))
    vi.runAllTimers()
    expect(drawn).toEqual(['one', 'other', 'menu'])
    expect(drawLater(() => void drawn.push('another menu'))).toBe(false)
    vi.runAllTimers()
    expect(drawn).toHaveLength(3)
  })

  test('without charts it comes all the same', async () => {
    const { drawLater } = await freshStart()
    const drawn: string[] = []
    drawLater(() => void drawn.push('menu'))
    vi.runAllTimers()
    expect(drawn).toEqual(['menu'])
  })
})
