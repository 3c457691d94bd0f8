import type { BrowserWindow } from 'electron'
import type { PageCapture } from '#shared/contract/files.ts'

/** So that text is sharp on screens of both kinds. */
const PIXEL_RATIO = 2
const PAPER = '#ffffff'
const MARGIN_INCHES = 0.4
/** Chromium fills in the numbers; what it prints there has neither the page's styles nor its language. */
const PAGE_NUMBERS =
  '<div style="width:100%;font-size:8px;color:#5a6372;text-align:center">' +
  '<span class="pageNumber"></span> / <span class="totalPages"></span></div>'

/**
 * Takes the page of a window as it is now, whole: nothing is scrolled or resized for it that the user could see.
 *
 * @throws if the window was closed meanwhile, or Chromium could not.
 */
export async function capturePage(window: BrowserWindow, capture: PageCapture): Promise<Blob> {
  const bytes = capture.type === 'application/pdf' ? await printed(window) : await drawn(window, capture.area)
  return new Blob([new Uint8Array(bytes)], { type: capture.type })
}

async function printed(window: BrowserWindow): Promise<Buffer> {
  const before = window.getBackgroundColor()
  // Chromium fills the margins of a sheet with what is behind the page.
  window.setBackgroundColor(PAPER)
  try {
    return await print(window)
  } finally {
    if (!window.isDestroyed()) window.setBackgroundColor(before)
  }
}

function print({ webContents }: BrowserWindow): Promise<Buffer> {
  return webContents.printToPDF({
    pageSize: 'A4',
    landscape: true,
    printBackground: true,
    displayHeaderFooter: true,
    headerTemplate: '<span></span>',
    footerTemplate: PAGE_NUMBERS,
    margins: { top: MARGIN_INCHES, right: MARGIN_INCHES, bottom: MARGIN_INCHES, left: MARGIN_INCHES },
    // Headings and reading order, for those who have the report read to them.
    generateTaggedPDF: true,
  })
}

type Area = Extract<PageCapture, { type: 'image/png' }>['area']

/** `BrowserWindow.capturePage` sees what is on screen only; Chromium's own command sees all of a page. */
async function drawn({ webContents }: BrowserWindow, area: Area): Promise<Buffer> {
  const { debugger: chromium } = webContents
  const isOurs = !chromium.isAttached()
  if (isOurs) chromium.attach()
  try {
    const answer: unknown = await chromium.sendCommand('Page.captureScreenshot', {
      format: 'png',
      captureBeyondViewport: true,
      clip: { ...area, scale: PIXEL_RATIO },
    })
    if (typeof answer !== 'object' || answer === null || !('data' in answer))
      throw new Error('no picture came')
    return Buffer.from(String(answer.data), 'base64')
  } finally {
    // Chromium made the page as large as the picture, and does not always take that back.
    await chromium.sendCommand('Emulation.clearDeviceMetricsOverride')
    if (isOurs && !webContents.isDestroyed()) chromium.detach()
  }
}
