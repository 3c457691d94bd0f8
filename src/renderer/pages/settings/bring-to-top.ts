/** The head of the page, which stays, and some room below it. */
const HEAD_PX = 56

/** Scrolls the page so that something begins right below its head, which `scrollIntoView` would put it under. */
export function bringToTop(element: HTMLElement): void {
  const page = element.closest('main')
  if (!page) return
  const distance = element.getBoundingClientRect().top - page.getBoundingClientRect().top
  page.scrollTo({ top: page.scrollTop + distance - HEAD_PX })
}
