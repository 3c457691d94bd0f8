import { createHmac } from 'node:crypto'
import { EventPublisher } from '@orpc/server'
import type {
  Capture,
  DetectorId,
  OwnPattern,
  PrivacySettings,
  RedactionPreview,
} from '#shared/contract/privacy.ts'
import { privacySettingsSchema } from '#shared/contract/privacy.ts'
import type { NewCall } from '../store/call.ts'
import type { NewFeedback } from '../store/feedback.ts'
import type { NewSpanEvent } from '../store/insert-span-events.ts'
import type { Store } from '../store/store.ts'
import { captureCall, captureEvent } from './capture-call.ts'
import type { PatternProblem } from './own-patterns.ts'
import { compilePattern, isProblem } from './own-patterns.ts'
import { redactCall } from './redact-call.ts'
import { Redactor } from './redactor.ts'
import { openRedactionCounts } from './redaction-counts.ts'

/** What is changed of the settings; what is not given stays. */
export interface PrivacyChange {
  capture?: Capture | undefined
  apps?: PrivacySettings['apps'] | undefined
  detectors?: Partial<Record<DetectorId, boolean | undefined>> | undefined
  patterns?: OwnPattern[] | undefined
}

/** A pattern that cannot be used, by its place in the list. */
export type BadPattern = PatternProblem & { index: number }

/** What must not be stored, and what is kept of what may. */
export interface Privacy {
  /** Answers from memory. */
  current(): PrivacySettings
  /** What holds now and whenever it changes, until the signal aborts. */
  follow(signal: AbortSignal | undefined): AsyncGenerator<PrivacySettings>
  /** Stores the choices, for calls to come. @returns patterns that cannot be used: then nothing was changed. */
  update(change: PrivacyChange): Promise<PrivacySettings | BadPattern[]>
  /** What choices would take out of a text. */
  preview(
    text: string,
    choices: Pick<PrivacyChange, 'detectors' | 'patterns'> & { app?: string | undefined },
  ): RedactionPreview
  /** Takes secrets out of a call; before anything is made of its texts. */
  redact(call: NewCall): NewCall
  /** Keeps of its texts what its app's capture says; after all that reads them. */
  capture(call: NewCall): NewCall
  /** Both, for an event that holds a part of a call's texts. @returns null: nothing of it is kept. */
  screenEvent(event: NewSpanEvent, app: string): NewSpanEvent | null
  redactFeedback(feedback: NewFeedback): NewFeedback
  /** Of what is written about a call: notes, tags. */
  redactText(text: string): string
  /** By which records without an id are known again, and nothing can be guessed of what they hold. */
  digest(text: string): string
  /** What was taken out since the data folder was made, by detector or by id of the pattern. */
  redactions(): Record<string, number>
  close(): Promise<void>
}

const SETTING = 'privacy'

/**
 * @param hashKey random, of this data folder alone: without it short texts could be guessed by their hashes.
 * @throws ConsoleError what `Store.ask` throws; changes throw what `Store.writeSetting` does.
 */
export async function openPrivacy(
  store: Pick<Store, 'ask' | 'writeSetting'>,
  hashKey: string,
): Promise<Privacy> {
  const stored = await store.ask('readSettings', null)
  const counts = openRedactionCounts(store, stored)
  const reading = privacySettingsSchema.safeParse(stored.get(SETTING) ?? {})
  // What cannot be read was written by another version. Its secrets stay out of the store.
  let settings = reading.success ? reading.data : privacySettingsSchema.parse({})
  const count = (by: string) => counts.add(by)
  let redactor = new Redactor(settings, count)
  let captures = capturesOf(settings)
  const publisher = new EventPublisher<{ change: PrivacySettings }>()
  const hash = (text: string) => createHmac('sha256', hashKey).update(text).digest('hex')
  const redactText = (text: string) => redactor.redact(text, 'text', undefined)
  const captureFor = (app: string) => captures.get(app) ?? settings.capture

  return {
    current: () => settings,
    async *follow(signal) {
      const changes = publisher.subscribe('change', { signal, maxBufferedEvents: 1 })
      yield settings
      yield* changes
    },
    async update({ detectors, ...rest }) {
      const changed: PrivacySettings = { ...settings }
      if (rest.capture) changed.capture = rest.capture
      if (rest.apps) changed.apps = rest.apps
      if (rest.patterns) changed.patterns = rest.patterns
      changed.detectors = withChoices(settings.detectors, detectors)
      const problems = problemsOf(changed.patterns)
      if (problems.length > 0) return problems
      await store.writeSetting(SETTING, changed)
      settings = changed
      redactor = new Redactor(settings, count)
      captures = capturesOf(settings)
      publisher.publish('change', settings)
      return settings
    },
    preview(text, { detectors, patterns = settings.patterns, app }) {
      const tried = new Redactor({ detectors: withChoices(settings.detectors, detectors), patterns })
      const findings = tried.find(text, app)
      const problems = problemsOf(patterns).flatMap(({ index, fault, position }) => {
        const id = patterns[index]?.id
        return id === undefined ? [] : [{ id, reason: fault, position }]
      })
      return { findings, redacted: tried.replace(text, findings), problems }
    },
    redact: (call) => redactCall(call, redactor),
    capture: (call) => captureCall(call, captureFor(call.app), hash),
    screenEvent(event, app) {
      const redacted = redactor.redact(event.attributes, 'json', app)
      const attributes = captureEvent(redacted, captureFor(app), hash)
      return attributes === null ? null : { ...event, attributes }
    },
    redactFeedback(feedback) {
      return {
        ...feedback,
        comment: feedback.comment && redactText(feedback.comment),
        tags: feedback.tags.map(redactText),
        ...(feedback.triage?.note && {
          triage: { ...feedback.triage, note: redactText(feedback.triage.note) },
        }),
      }
    },
    redactText,
    digest: hash,
    redactions: () => counts.totals(),
    close: () => counts.close(),
  }
}

function capturesOf({ apps }: PrivacySettings): ReadonlyMap<string, Capture> {
  return new Map(apps.map(({ app, mode, length }) => [app, { mode, length }]))
}

function withChoices(
  detectors: PrivacySettings['detectors'],
  choices: PrivacyChange['detectors'] = {},
): PrivacySettings['detectors'] {
  const given = Object.fromEntries(Object.entries(choices).filter(([, isOn]) => isOn !== undefined))
  return { ...detectors, ...given }
}

function problemsOf(patterns: readonly OwnPattern[]): BadPattern[] {
  return patterns.flatMap(({ pattern }, index) => {
    const compiled = compilePattern(pattern)
    return isProblem(compiled) ? [{ index, ...compiled }] : []
  })
}
