import { eventIterator, oc } from '@orpc/contract'
import * as z from 'zod'
import { LIMITS } from '../limits.ts'

/** What opens something: nobody needs it in a record. On until switched off. */
export const SECRET_DETECTORS = [
  'openai-key',
  'anthropic-key',
  'google-key',
  'aws-key',
  'azure-key',
  'github-token',
  'slack-token',
  'stripe-key',
  'huggingface-token',
  'vendor-key',
  'bearer-token',
  'jwt',
  'private-key',
] as const

/** What tells of a person. Off until switched on: what is taken out is gone, and often it is what a call is about. */
export const PERSONAL_DETECTORS = ['email', 'phone', 'card', 'resident-id', 'ip', 'local-ip'] as const

export const DETECTORS = [...SECRET_DETECTORS, ...PERSONAL_DETECTORS] as const
export type DetectorId = (typeof DETECTORS)[number]

export const CAPTURE_MODES = ['full', 'truncated', 'hashes', 'none'] as const
export type CaptureMode = (typeof CAPTURE_MODES)[number]

const name = z.string().trim().min(1).max(LIMITS.nameLength)

/** What is kept of the prompts, responses and error messages of calls. */
export const captureSchema = z.object({
  mode: z
    .enum(CAPTURE_MODES, 'must be "full", "truncated", "hashes" or "none"')
    .describe(
      'full: all; truncated: the beginning; hashes: a keyed hash, by which same texts are known; none: nothing',
    ),
  length: z
    .int()
    .min(1)
    .max(LIMITS.textLength)
    .default(2_000)
    .describe('of what is kept when truncated, in UTF-16 code units'),
})
export type Capture = z.output<typeof captureSchema>

/** What the user wants taken out beside what the detectors find. */
export const ownPatternSchema = z.object({
  id: z.string().min(1).max(LIMITS.nameLength),
  name,
  pattern: z.string().min(1).max(LIMITS.patternLength).describe("in RE2's syntax"),
  replacement: z
    .string()
    .max(LIMITS.replacementLength)
    .default('')
    .describe('what stands in the place of what it finds, to the letter; empty: [redacted:name]'),
  isEnabled: z.boolean().default(true),
  app: z
    .string()
    .max(LIMITS.nameLength)
    .default('')
    .describe('whose calls it is for; empty: those of all apps'),
})
export type OwnPattern = z.output<typeof ownPatternSchema>

const detectorsSchema = z.object(
  Object.fromEntries(
    DETECTORS.map((id) => [
      id,
      z.boolean().default((SECRET_DETECTORS as readonly DetectorId[]).includes(id)),
    ]),
  ) as Record<DetectorId, z.ZodDefault<z.ZodBoolean>>,
)

const appCaptureSchema = captureSchema.extend({ app: name })

const isOncePerApp = (apps: readonly { app: string }[]) =>
  new Set(apps.map(({ app }) => app)).size === apps.length

export const privacySettingsSchema = z.object({
  capture: captureSchema.default({ mode: 'full', length: 2_000 }).describe('for apps that are not named'),
  apps: z
    .array(appCaptureSchema)
    .max(LIMITS.captureApps, `must be at most ${LIMITS.captureApps} apps`)
    .refine(isOncePerApp, 'must not name an app twice')
    .default([]),
  detectors: detectorsSchema.default(detectorsSchema.parse({})),
  patterns: z
    .array(ownPatternSchema)
    .max(LIMITS.ownPatterns, `must be at most ${LIMITS.ownPatterns} patterns`)
    .refine(
      (patterns) => new Set(patterns.map(({ id }) => id)).size === patterns.length,
      'must not hold an id twice',
    )
    .default([]),
})
export type PrivacySettings = z.output<typeof privacySettingsSchema>
/** What holds until the user chooses otherwise. */
export const DEFAULT_PRIVACY: PrivacySettings = privacySettingsSchema.parse({})

/** What was found in a sample, and by what. */
const findingSchema = z.object({
  start: z.int().describe('in the sample, in UTF-16 code units'),
  end: z.int(),
  by: z.string().describe('the detector, or the id of the pattern'),
})
export type Finding = z.output<typeof findingSchema>

const previewSchema = z.object({
  findings: z.array(findingSchema).describe('in the order of the text; none overlaps another'),
  redacted: z.string(),
  problems: z
    .array(z.object({ id: z.string(), reason: z.string(), position: z.int().nullable() }))
    .describe('patterns that cannot be used, and where they begin to be wrong'),
})
export type RedactionPreview = z.output<typeof previewSchema>

const userId = z.string().min(1).max(LIMITS.nameLength)

const forgetProgressSchema = z.object({
  done: z.int().describe('calls that are gone'),
  total: z.int(),
  feedback: z.int().describe('pieces of feedback that are gone'),
  isFinished: z.boolean().describe('whether nothing of the user is left, in the files either'),
})
export type ForgetProgress = z.output<typeof forgetProgressSchema>

const tags = ['Privacy']

export const privacyContract = {
  get: oc
    .route({
      method: 'GET',
      path: '/v1/privacy',
      tags,
      summary: 'What is kept of calls, and what is taken out',
    })
    .output(privacySettingsSchema),
  update: oc
    .route({ method: 'PUT', path: '/v1/privacy', tags, summary: 'Changes what is given, for calls to come' })
    .input(
      z.object({
        capture: captureSchema.optional(),
        apps: privacySettingsSchema.shape.apps.unwrap().optional(),
        detectors: z.object(detectorsSchema.shape).partial().optional(),
        patterns: privacySettingsSchema.shape.patterns.unwrap().optional(),
      }),
    )
    .output(privacySettingsSchema),
  /** What holds now and whenever it changes: scripts change it, too. For the window. */
  follow: oc.output(eventIterator(privacySettingsSchema)),
  preview: oc
    .route({
      method: 'POST',
      path: '/v1/privacy/preview',
      tags,
      summary: 'What would be taken out of a text; it is not kept',
    })
    .input(
      z.object({
        text: z.string().max(LIMITS.previewLength),
        detectors: z.object(detectorsSchema.shape).partial().optional().describe('absent: those that are on'),
        patterns: z
          .array(ownPatternSchema)
          .max(LIMITS.ownPatterns, `must be at most ${LIMITS.ownPatterns} patterns`)
          .optional()
          .describe('absent: those that are kept'),
        app: z.string().max(LIMITS.nameLength).optional().describe('absent: patterns of all apps apply'),
      }),
    )
    .output(previewSchema),
  findUser: oc
    .route({
      method: 'POST',
      path: '/v1/privacy/find-user',
      tags,
      summary: 'How much is kept of a user: what forgetting them takes away',
    })
    .input(z.object({ userId }))
    .output(z.object({ calls: z.int(), feedback: z.int() })),
  forgetUser: oc
    .route({
      method: 'POST',
      path: '/v1/privacy/forget-user',
      tags,
      summary: 'Deletes all that is kept of a user, in the free pages of the files, too',
    })
    .input(z.object({ userId }))
    .output(forgetProgressSchema),
  /** The same for the window, with progress; it may be ended at any time, and what is gone stays gone. */
  forgetting: oc.input(z.object({ userId })).output(eventIterator(forgetProgressSchema)),
}
