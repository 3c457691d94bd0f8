import type { DetectorId } from '#shared/contract/privacy.ts'

/** A part of a text that is to go: from `start` up to `end`, in UTF-16 code units. */
export interface Match {
  start: number
  end: number
  by: DetectorId
}

/**
 * Looks at one place of a text, where a character stands that it waits for, and says what it finds around it. It reads
 * no more than a bounded stretch of what it does not find, so that all of them together take time in proportion to the
 * text, whatever that holds.
 *
 * @param from where what was found before ends: what it finds begins no earlier.
 */
export type Recogniser = (text: string, at: number, from: number) => Match | null
