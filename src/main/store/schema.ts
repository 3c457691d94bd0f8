import type { Generated, Insertable } from 'kysely'
import type { AlertTables } from './alerts/tables.ts'
import type { RetentionTables } from './retention/tables.ts'

/** One call; narrow, because statistics scan it. Times are epoch ms, durations whole microseconds. */
interface AppLogTable {
  id: Generated<number>
  request_id: string
  source: 'native' | 'otlp' | 'proxy'
  app: string
  app_type: string | null
  environment: string | null
  user_id: string | null
  session_id: string | null
  provider: string | null
  request_model: string | null
  model: string | null
  operation: string | null
  status: 'ok' | 'error'
  error_type: string | null
  started_at: number
  arrived_at: number
  duration_us: number | null
  ttft_us: number | null
  input_tokens: number | null
  output_tokens: number | null
  cached_input_tokens: number | null
  cache_write_tokens: number | null
  reasoning_tokens: number | null
  total_tokens: number | null
  usage_source: 'reported' | 'estimated' | null
  cost_nanos: number | null
  cost_source: 'reported' | 'computed' | null
  trace_id: string | null
  span_id: string | null
  parent_span_id: string | null
  /** A span's name. */
  name: string | null
  /** The start that the caller gave, when the call is filed under another. */
  reported_started_at: number | null
  /** JSON text of an array; null when nothing had to be put right. */
  flags: string | null
  /** 1: a part of a trace that is not counted as a call. */
  is_step: number
  /** Whether this span or one below it carries usage: 0 no, 1 reported, 2 estimates only. */
  has_usage_below: number
  /** By which price the cost was computed: `cost_config_ref.key`. */
  cost_config_key: number | null
}

/** What is large or seldom read of a call; absent when there is none of it. */
interface AppLogBodyTable {
  app_log_id: number
  error_message: string | null
  prompt: string | null
  prompt_format: 'text' | 'json' | null
  /** Length before it was cut. */
  prompt_length: number | null
  response: string | null
  response_format: 'text' | 'json' | null
  response_length: number | null
  tags: string | null
  attributes: string | null
  reported_cost_amount: number | null
  reported_cost_currency: string | null
}

/**
 * A combination of labels that calls are counted by. An absent label is '', so that the combination is unique. Rollups
 * and feedback hold its id: a row stays.
 */
interface LabelSetTable {
  id: Generated<number>
  app: string
  app_type: string
  provider: string
  model: string
  environment: string
  /** '' unless the call failed. */
  error_type: string
}

/** What is added up of a set of calls. Sums are integers, so they do not depend on order. */
interface SumsTable {
  requests: number
  errors: number
  unpriced_requests: number
  finished_requests: number
  duration_us: number
  ttft_requests: number
  ttft_us: number
  generation_us: number
  generated_tokens: number
  input_tokens: number
  output_tokens: number
  cached_input_tokens: number
  cache_write_tokens: number
  reasoning_tokens: number
  total_tokens: number
  cost_nanos: number
  /** Encoded. */
  duration_histogram: Uint8Array
}

/** Calls of one label set, or of all, that started in one bucket of time (UTC). */
interface CallRollupTable extends SumsTable {
  /** How wide the bucket is, and whether it is of all label sets: `LEVELS`. */
  level: number
  bucket_start: number
  /** 0: all. */
  label_set_id: number
}

/** Calls of one user and label set, or of one user, that started on one day (UTC). */
interface UserRollupTable extends SumsTable {
  day_start: number
  user_key: number
  /** 0: all. */
  label_set_id: number
}

/** Calls by a hash of their request id, those that came together beside each other: `request-ids.ts`. */
interface RequestRefTable {
  partition: number
  hash: number
  app_log_id: number
}

/** Which partitions may have a hash: `request-filter.ts`. */
interface RequestFilterTable {
  slab: number
  /** How many partitions of the slab are in it, from its first on. */
  partitions: number
  bits: Uint8Array
}

/** Numbers of sessions by their names: of recent ones, and of all others. */
interface SessionNameTable {
  name: string
  id: number
}

/** Users or sessions by a number, which is shorter than their names. */
interface NameTable {
  id: Generated<number>
  name: string
  /** How many followed calls have it; at none it goes. */
  calls: number
}

/** Where the calls of a user are that started on a day (UTC). */
interface UserCallTable {
  day_start: number
  user_key: number
  started_at: number
  app_log_id: number
}

/** Where the calls of a label set are that started on a day (UTC). */
interface LabelCallTable {
  day_start: number
  label_set_id: number
  started_at: number
  app_log_id: number
}

/** Which users or sessions have calls of a label set that started in a bucket of time (UTC). */
interface PresenceTable {
  /** `PRESENT` */
  kind: number
  level: number
  bucket_start: number
  label_set_id: number
  /** By number of the user or session, how many calls; packed. */
  counts: Uint8Array
}

/** The calls of a label set and a bucket of time (UTC) that took longest or cost most. */
interface TopCallTable {
  /** `MEASURES` */
  measure: number
  level: number
  bucket_start: number
  label_set_id: number
  /** How many calls have a value. */
  counted: number
  /** 1: it holds fewer calls than it should. */
  is_short: number
  /** Values and ids; packed. */
  calls: Uint8Array
}

/** One row. */
interface RollupStateTable {
  id: 1
  /** Of the rules by which the rollups were made. */
  version: number
  /** Calls with a greater `app_log.id` are not yet in the tables that follow. */
  followed_up_to: number
  /** Up to this `app_log.id` the tables that follow hold the calls of frozen days, whatever else they hold. */
  kept_up_to: number
}

/** Calls whose ids are near each other, which the text index holds together. */
interface TextSegmentTable {
  /** `segmentOf` their ids. */
  number: number
  /** No call of it started before or after; null: it has none. */
  min_started_at: number | null
  max_started_at: number | null
  /** Of its texts: one that the index has not had before when any of them changes. */
  revision: number
  /** Of the texts that its postings were made of; null: it has none. */
  built_revision: Generated<number | null>
  /** A bit for each call that may hold anything. */
  unselective: Generated<Uint8Array | null>
}

/** Which calls of a segment have the grams of a bucket (text-index/segment.ts). */
interface TextPostingTable {
  id: number
  postings: Uint8Array
}

/** One row. */
interface TextIndexStateTable {
  id: 1
  /** The last one that was given to a segment. */
  revision: number
}

/** A GenAI event that came as a log record of a span. Bodies that the span lacks are read from here. */
interface SpanEventTable {
  trace_id: string
  span_id: string
  /** SHA-256 of name, time and content, so that a record sent twice is kept once. */
  digest: string
  time_ns: string
  name: string
  /** JSON text of an object */
  attributes: string
}

/** A judgement of a call, whether that has come, is to come, or was deleted. */
interface FeedbackTable {
  seq: Generated<number>
  /** The sender's, or one that was made. */
  id: string
  request_id: string
  /** Null: the call has not come, or was deleted. */
  app_log_id: number | null
  rating: number
  comment: string | null
  type: 'quality' | 'accuracy' | 'latency' | 'safety' | 'other' | null
  /** JSON text of an array; null without any. */
  tags: string | null
  user_id: string | null
  source: 'end-user' | 'reviewer' | 'program' | null
  created_at: number
  state: 'open' | 'resolved'
  resolved_at: number | null
  note: string | null
  /** When statistics count it: at the start of its call; until that has come, when it came itself. */
  filed_at: number
  /** The labels of its call; null until that has come. */
  label_set_id: number | null
  /** The user of its call. */
  call_user_id: string | null
  /** Name of a reviewer. */
  assignee: Generated<string | null>
  /** 1: written by hand in the console. */
  is_own: number
}

/** Names of people who work on feedback. */
interface ReviewerTable {
  name: string
  /** epoch ms */
  used_at: number
}

/** Feedback by bucket of `filed_at` (UTC) and labels of the calls. */
interface FeedbackRollupTable {
  /** How wide the bucket is, or that it is a day of one user: `feedback-rollup.ts`. */
  level: number
  bucket_start: number
  /** 0: of calls that have not come. */
  label_set_id: number
  /** '' on levels that are not by user. */
  call_user_id: string
  rating_1: number
  rating_2: number
  rating_3: number
  rating_4: number
  rating_5: number
  resolved: number
}

/** A price of the user's own, per million tokens. */
interface CostConfigTable {
  id: string
  provider: string
  model: string
  match: 'exact' | 'prefix'
  valid_from: number
  is_enabled: number
  input_per_million: number
  output_per_million: number
  cached_input_per_million: number | null
  cache_write_per_million: number | null
  reasoning_per_million: number | null
  /** JSON text of an array */
  tiers: string
  currency: string
  notes: string
}

/** A price of the catalogue that is not to be used. */
interface CataloguePriceOffTable {
  id: string
}

/** Prices by a number, which calls hold. Kept when the price is removed. */
interface CostConfigRefTable {
  key: Generated<number>
  config_id: string
}

/** What may be spent in each period on calls that match the labels that are not null. */
interface BudgetTable {
  id: string
  name: string
  app: string | null
  model: string | null
  user_id: string | null
  period: 'day' | 'week' | 'month'
  /** In units of the base currency. */
  amount: number
  is_enabled: number
}

/** Where the recording proxy leads: the user's own upstreams, and built-in ones with another base URL. */
interface UpstreamTable {
  name: string
  base_url: string
  flavour: 'openai' | 'anthropic' | 'ollama'
}

interface SettingTable {
  name: string
  /** JSON text */
  value: string
}

/** What is to stay forgotten, by a keyed hash: archives may hold it still. */
interface ForgottenTable {
  digest: string
  forgotten_at: number
}

export interface Schema extends AlertTables, RetentionTables {
  app_log: AppLogTable
  app_log_body: AppLogBodyTable
  label_set: LabelSetTable
  call_rollup: CallRollupTable
  setting: SettingTable
  span_event: SpanEventTable
  upstream: UpstreamTable
  user: NameTable
  session: NameTable
  session_name: SessionNameTable
  recent_session_name: SessionNameTable
  presence: PresenceTable
  top_call: TopCallTable
  request_filter: RequestFilterTable
  request_ref: RequestRefTable
  user_call: UserCallTable
  label_call: LabelCallTable
  user_rollup_day: UserRollupTable
  rollup_state: RollupStateTable
  text_segment: TextSegmentTable
  text_posting: TextPostingTable
  text_index_state: TextIndexStateTable
  model_cost_config: CostConfigTable
  catalogue_price_off: CataloguePriceOffTable
  cost_config_ref: CostConfigRefTable
  budget: BudgetTable
  feedback: FeedbackTable
  feedback_rollup: FeedbackRollupTable
  reviewer: ReviewerTable
  forgotten: ForgottenTable
}

export type NewAppLogRow = Insertable<AppLogTable>
export type NewAppLogBodyRow = Insertable<AppLogBodyTable>
export type NewFeedbackRow = Insertable<FeedbackTable>
export type SumsRow = SumsTable
