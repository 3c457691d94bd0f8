import type { Page } from '@playwright/test'

/**
 * What within an element can have the focus and does not show it. Style is compared without and with it: of the element,
 * of what it holds, of what stands beside it (the track of a switch) and of what it lies in.
 */
export async function unmarkedFocusOf(page: Page, within: string): Promise<string[]> {
  // From here on the browser marks the focus as that of somebody who uses the keyboard.
  await page.keyboard.press('Tab')
  return page.evaluate((selector) => {
    const FOCUSABLE = 'a[href], button, input, select, textarea, summary, [tabindex]'
    const look = (element: Element): string => {
      const around = [element, element.parentElement, element.nextElementSibling, ...element.children]
      const wide = element.closest('label, .el-select__wrapper, .el-input__wrapper, .el-date-editor')
      return [...around, wide, ...(wide?.children ?? [])]
        .flatMap((one) => {
          if (!one) return []
          const style = getComputedStyle(one)
          const outline =
            style.outlineStyle === 'none' || style.outlineWidth === '0px'
              ? ''
              : [style.outlineColor, style.outlineWidth, style.outlineStyle].join(' ')
          return [outline, style.boxShadow, style.borderColor, style.backgroundColor]
        })
        .join()
    }
    const isReached = (element: HTMLElement) =>
      element.tabIndex >= 0 && element.checkVisibility({ visibilityProperty: true, opacityProperty: false })
    const elements = [...document.querySelectorAll<HTMLElement>(selector)].flatMap((root) => [
      ...root.querySelectorAll<HTMLElement>(FOCUSABLE),
    ])
    // Of a hundred rows that are alike two tell as much as all.
    const ALIKE = 2
    const counts = new Map<string, number>()
    const isNew = ({ tagName, className, parentElement }: HTMLElement) => {
      const kind = `${tagName} ${className} in ${parentElement?.className}`
      const count = (counts.get(kind) ?? 0) + 1
      counts.set(kind, count)
      return count <= ALIKE
    }
    const first = document.activeElement
    const looked = elements.filter((element) => isReached(element) && isNew(element))
    const without = new Map(looked.map((element) => [element, look(element)]))
    const markOf = (element: HTMLElement): string[] => {
      // Without a step in between: to whom the focus goes from one that shows it, shows it.
      element.focus({ preventScroll: true })
      // Disabled, or within what is inert.
      if (document.activeElement !== element) return []
      return look(element) === without.get(element)
        ? [`focus is not seen: ${element.outerHTML.slice(0, 160)}`]
        : []
    }
    const unmarked = [...without.keys()].filter((element) => element !== first).flatMap(markOf)
    if (first instanceof HTMLElement && without.has(first)) {
      // Alone in a dialog it has the focus still.
      if (document.activeElement === first) first.blur()
      without.set(first, look(first))
      unmarked.push(...markOf(first))
    }
    return [...new Set(unmarked)]
  }, within)
}

/** What moves although the user wants less of that. */
export async function motionOf(page: Page, within: string): Promise<string[]> {
  return page.evaluate((selector) => {
    const LONGEST_S = 0.01
    const seconds = (list: string) => Math.max(...list.split(',').map((time) => Number.parseFloat(time)))
    const moving = [...document.querySelectorAll(`:is(${selector}) *`)].flatMap((element) => {
      const { animationName, animationDuration, transitionDuration } = getComputedStyle(element)
      const isLong =
        (animationName !== 'none' && seconds(animationDuration) > LONGEST_S) ||
        seconds(transitionDuration) > LONGEST_S
      return isLong ? [`moves: ${element.outerHTML.slice(0, 120)}`] : []
    })
    const running = document
      .getAnimations()
      .filter(({ effect }) => Number(effect?.getComputedTiming().duration) > LONGEST_S * 1_000)
    return [...new Set([...moving, ...running.map((animation) => `runs: ${animation.id}`)])]
  }, within)
}
