import { ORPCError } from '@orpc/server'
import { LIMITS } from '#shared/limits.ts'
import type { Alerts, ChannelProblem, RecordProblem, RuleProblem, SilenceProblem } from './alerts/index.ts'
import { pageOf, readPlace, writePlace } from './cursor.ts'
import { os } from './implementer.ts'

const { rules: rule, records: record, silences: silence, channels: channel } = os.alerts

/** Implements the contract of alerts. */
export function alertProcedures(alerts: Alerts) {
  const { rules, records, silences, delivery } = alerts
  const { channels } = delivery
  return {
    rules: {
      list: rule.list.handler(({ input: { limit, cursor, ...filter } }) =>
        pageOf(rules.list(filter), { limit, cursor }),
      ),
      get: rule.get.handler(({ input }) => orThrow(rules.get(input.id) ?? 'not-found', RULE_PROBLEMS)),
      create: rule.create.handler(async ({ input }) => orThrow(await rules.create(input), RULE_PROBLEMS)),
      update: rule.update.handler(async ({ input: { id, ...changes } }) =>
        orThrow(await rules.update(id, changes), RULE_PROBLEMS),
      ),
      remove: rule.remove.handler(async ({ input }) => {
        orThrow(await rules.remove(input.id), RULE_PROBLEMS)
      }),
      restore: rule.restore.handler(async ({ input }) =>
        orThrow(await rules.restore(input.id), RULE_PROBLEMS),
      ),
      enable: rule.enable.handler(async ({ input }) =>
        orThrow(await rules.update(input.id, { isEnabled: true }), RULE_PROBLEMS),
      ),
      disable: rule.disable.handler(async ({ input }) =>
        orThrow(await rules.update(input.id, { isEnabled: false }), RULE_PROBLEMS),
      ),
      test: rule.test.handler(async ({ input }) => {
        const { status: _, ...found } = orThrow(rules.get(input.id) ?? 'not-found', RULE_PROBLEMS)
        return { results: await delivery.testRule(found) }
      }),
      exportAll: rule.exportAll.handler(() => ({ version: 1, rules: rules.exportAll() })),
      importAll: rule.importAll.handler(async ({ input }) =>
        orThrow(await rules.importAll(input.rules), RULE_PROBLEMS),
      ),
      preview: rule.preview.handler(({ input }) => alerts.preview(input)),
      engine: rule.engine.handler(() => alerts.engineStatus()),
      events: rule.events.handler(({ signal }) => alerts.events(signal)),
    },
    records: {
      list: record.list.handler(async ({ input: { cursor, ...filter } }) => {
        const after = cursor === undefined ? undefined : readRecordPlace(cursor)
        const { items, end } = await records.list({ ...filter, after })
        return { items, nextCursor: end && writePlace(`${end.startedAt}.${end.id}`) }
      }),
      get: record.get.handler(async ({ input }) =>
        orThrow((await records.get(input.id)) ?? 'not-found', RECORD_PROBLEMS),
      ),
      acknowledge: record.acknowledge.handler(async ({ input }) =>
        orThrow(await records.acknowledge(input.id), RECORD_PROBLEMS),
      ),
      resolve: record.resolve.handler(async ({ input }) =>
        orThrow(await records.resolve(input.id, input.note), RECORD_PROBLEMS),
      ),
      reopen: record.reopen.handler(async ({ input }) =>
        orThrow(await records.reopen(input.id), RECORD_PROBLEMS),
      ),
      unread: record.unread.handler(() => records.counts()),
      markRead: record.markRead.handler(({ input }) => records.markRead(input.ids)),
    },
    silences: {
      list: silence.list.handler(({ input }) => pageOf(silences.list(), input)),
      create: silence.create.handler(async ({ input }) =>
        orThrow(await silences.create(input), SILENCE_PROBLEMS),
      ),
      remove: silence.remove.handler(async ({ input }) => {
        orThrow(await silences.remove(input.id), SILENCE_PROBLEMS)
      }),
    },
    channels: {
      list: channel.list.handler(async () => ({ items: await channels.list(), nextCursor: null })),
      get: channel.get.handler(async ({ input }) =>
        orThrow((await channels.get(input.id)) ?? 'not-found', CHANNEL_PROBLEMS),
      ),
      create: channel.create.handler(async ({ input }) =>
        orThrow(await channels.create(input), CHANNEL_PROBLEMS),
      ),
      update: channel.update.handler(async ({ input: { id, ...changes } }) =>
        orThrow(await channels.update(id, changes), CHANNEL_PROBLEMS),
      ),
      remove: channel.remove.handler(async ({ input }) => {
        orThrow(await channels.remove(input.id), CHANNEL_PROBLEMS)
        await rules.forgetChannel(input.id)
      }),
      restore: channel.restore.handler(async ({ input }) => {
        const restored = orThrow(await channels.restore(input.id), CHANNEL_PROBLEMS)
        await rules.returnChannel(input.id)
        return restored
      }),
      test: channel.test.handler(async ({ input }) =>
        orThrow((await delivery.testChannel(input.id)) ?? 'not-found', CHANNEL_PROBLEMS),
      ),
      secretStorage: channel.secretStorage.handler(() => delivery.secretStorage()),
    },
  }
}

type Problems<Problem extends string> = Record<
  Problem,
  { code: 'NOT_FOUND' | 'CONFLICT' | 'BAD_REQUEST'; message: string }
>

const RULE_PROBLEMS: Problems<RuleProblem> = {
  'not-found': { code: 'NOT_FOUND', message: 'There is no rule with this id.' },
  'too-many': { code: 'CONFLICT', message: `There may be at most ${LIMITS.alertRules} rules.` },
  'repeat-too-short': {
    code: 'BAD_REQUEST',
    message: 'repeatMinutes must not be shorter than the interval at which rules are checked.',
  },
  'unknown-budget': { code: 'CONFLICT', message: 'There is no budget with this id.' },
  'unknown-channel': { code: 'CONFLICT', message: 'There is no channel with one of these ids.' },
}

const RECORD_PROBLEMS: Problems<RecordProblem> = {
  'not-found': { code: 'NOT_FOUND', message: 'There is no record with this id.' },
  'not-firing': { code: 'CONFLICT', message: 'The record does not fire: there is nothing to resolve.' },
  'not-resolved': { code: 'CONFLICT', message: 'The record is not resolved: there is nothing to reopen.' },
  'rule-inactive': {
    code: 'CONFLICT',
    message: 'The rule is not there any more, is disabled, or is split otherwise.',
  },
  'fires-again': { code: 'CONFLICT', message: 'It fires again already, as another record.' },
}

const SILENCE_PROBLEMS: Problems<SilenceProblem> = {
  'not-found': { code: 'NOT_FOUND', message: 'There is no silence with this id.' },
  'too-many': {
    code: 'CONFLICT',
    message: `There may be at most ${LIMITS.alertSilences} silences that have not ended.`,
  },
  ended: { code: 'BAD_REQUEST', message: 'endsAt must be in the future, and later than startsAt.' },
}

const CHANNEL_PROBLEMS: Problems<ChannelProblem> = {
  'not-found': { code: 'NOT_FOUND', message: 'There is no channel with this id.' },
  'built-in': {
    code: 'CONFLICT',
    message:
      'This channel always exists. It can be switched off and on, and nothing else of it can be changed.',
  },
  'too-many': {
    code: 'CONFLICT',
    message: `There may be at most ${LIMITS.alertChannels} channels of your own.`,
  },
  'other-type': { code: 'BAD_REQUEST', message: 'A channel of this type has no such field.' },
  masked: { code: 'BAD_REQUEST', message: 'A mask stands for nothing here: give the whole value.' },
  'secret-needed': {
    code: 'BAD_REQUEST',
    message: 'Its secrets must be given again: they are lost, or would be told to another server.',
  },
}

/** @throws ORPCError if the result is the name of a problem. */
function orThrow<Result>(
  result: Result,
  problems: Problems<Extract<Result, string>>,
): Exclude<Result, string> {
  if (!isProblem(result)) return result as Exclude<Result, string>
  const { code, message } = problems[result]
  throw new ORPCError(code, { message })
}

function isProblem<Result>(result: Result): result is Extract<Result, string> {
  return typeof result === 'string'
}

function readRecordPlace(cursor: string) {
  const [startedAt, id = ''] = readPlace(cursor, /^(\d{1,16})\.([\w-]{1,50})$/)
  return { startedAt: Number(startedAt), id }
}
