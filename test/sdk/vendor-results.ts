import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What vendors' libraries give for a call, by name: whole results, and the items of streams. */
export interface VendorResults {
  plain: object
  openAiChat: object
  openAiTools: object
  openAiChatChunks: object[]
  openAiResponse: object
  openAiResponseEvents: object[]
  openAiEmbeddings: object
  anthropicMessage: object
  anthropicEvents: object[]
}

export const VENDOR_RESULTS_FILE = join(import.meta.dirname, 'fixtures', 'vendor-results.json')

export function readVendorResults(): VendorResults {
  return JSON.parse(readFileSync(VENDOR_RESULTS_FILE, 'utf8')) as VendorResults
}
