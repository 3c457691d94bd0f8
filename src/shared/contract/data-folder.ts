import { eventIterator, oc } from '@orpc/contract'
import * as z from 'zod'

const FOLDER_PROBLEMS = ['same', 'inside', 'not-empty', 'not-allowed', 'disk-full', 'named', 'other'] as const
const problemSchema = z.enum(FOLDER_PROBLEMS)
export type FolderProblem = z.output<typeof problemSchema>

const stateSchema = z.object({
  folder: z.string(),
  isNamed: z.boolean().describe('whether it was named at the start: then it is there that it is changed'),
  old: z.string().nullable().describe('where the data were before, and still are as they were then'),
})
export type DataFolderState = z.output<typeof stateSchema>

const targetSchema = z.object({
  folder: z.string(),
  needsBytes: z.int(),
  freeBytes: z.int(),
  problem: problemSchema.nullable(),
})
export type FolderTarget = z.output<typeof targetSchema>

const moveStepSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('progress'),
    phase: z.enum(['files', 'database', 'checking']),
    doneBytes: z.int(),
    totalBytes: z.int(),
  }),
  z.object({ type: z.literal('done'), folder: z.string() }),
  z.object({
    type: z.literal('failed'),
    reason: problemSchema,
    isRestarting: z.boolean().describe('whether the console begins anew, on the folder of before'),
  }),
])
export type FolderMoveStep = z.output<typeof moveStepSchema>

/** Where everything is kept, and taking it elsewhere. For the window only: folders are named in the system's dialog. */
export const dataFolderContract = {
  get: oc.output(stateSchema),
  /** Asks for a folder. @returns null: none was chosen. */
  choose: oc.output(targetSchema.nullable()),
  /** Takes everything to the folder that was chosen last, and begins anew there. Until its end all is as it was. */
  move: oc.output(eventIterator(moveStepSchema)),
  /** Deletes what is left where the data were before. */
  removeOld: oc
    .errors({
      CONFLICT: { status: 409, message: 'The old folder is in use, or has changed since. It stays.' },
    })
    .output(z.void()),
  /** Lets it be, and speaks of it no more. */
  keepOld: oc.output(z.void()),
}
