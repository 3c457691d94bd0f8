/**
 * Every limit of the console, by name. A limit that is not here does not exist.
 * Sizes are in bytes, times in milliseconds, lengths in UTF-16 code units.
 */
export const LIMITS = {
  /** A request body after decompression; more is answered 413. */
  bodyBytes: 20 * 1024 * 1024,
  /** Calls in one request. */
  recordsPerRequest: 10_000,
  /** Nesting of a JSON value. */
  jsonDepth: 64,
  /** Names and ids: app, model, user, request id, … */
  nameLength: 200,
  /** Keys of one JSON object, and attributes of one span. */
  jsonKeys: 1_000,
  /** Tags of one call, or of one feedback. */
  tagsPerCall: 20,
  /** Keys of a call's attributes. */
  attributesPerCall: 100,
  /** A prompt, response or error message of one call; what is longer is cut and its length noted. */
  textLength: 1_000_000,
  /** The comment of a feedback; a longer one is rejected. */
  commentLength: 10_000,
  /** Request ids that feedback waits for and that are known without a look into the store. */
  waitingRequestIds: 100_000,
  /** A start that lies further ahead of arrival is not believed. */
  clockAheadMs: 3_600_000,
  /** Nor is one before this: 2015-01-01, epoch ms. */
  earliestStart: 1_420_070_400_000,
  /** A duration; longer is a unit mistaken. A year, in milliseconds. */
  durationMs: 366 * 24 * 3_600_000,
  /** One token count of a call. More is a mistake, and sums must stay exact. */
  tokens: 1_000_000_000,
  /** Cost that a caller reports for one call, in units of its currency. */
  reportedCost: 1_000_000,
  /** What a call may cost by our prices, 1e-9 of the base currency: a price or a rate that gives more is a mistake. */
  callCostNanos: 1e15,
  /** Rejected records that an answer describes one by one. */
  errorsPerAnswer: 1_000,
  /** All header lines of a request. */
  headerBytes: 16 * 1024,
  /** Time for the headers of a request to arrive; the answer 408 comes within 10 s. */
  headersTimeoutMs: 9_000,
  /** Time for a whole request to arrive; the answer 408 comes within 10 s. */
  requestTimeoutMs: 9_000,
  /** Body of a request to the management API. */
  managementBodyBytes: 1024 * 1024,
  /** Bodies received, or being received, and not yet committed; beyond it the answer is 429. */
  queueBytes: 128 * 1024 * 1024,
  /** Rows of one page of a list. */
  pageSize: 1_000,
  /** Calls that are looked through for one page of a list; the next page goes on from there. */
  callsScannedPerPage: 20_000,
  /** Calls that are put in order by what they took or cost; of more, the newest, or the greatest where they are known. */
  callsSorted: 10_000,
  /** The same of calls that hold a text: each has to be looked at. */
  foundCallsSorted: 1_000,
  /** Calls that are looked through on either side of a call for its neighbours in the session. */
  neighboursScanned: 20_000,
  /** Saved views of the list of calls. */
  callViews: 50,
  /** The name of one. */
  viewNameLength: 80,
  /** Its time range and filters, as an address has them. */
  viewAddressLength: 8_000,
  /** Panels of the dashboard. */
  dashboardPanels: 40,
  /** How far a picture of a page may reach, in CSS pixels. */
  capturedPagePx: 16_000,
  /** Columns of the list of calls. */
  callColumns: 40,
  /** How narrow and how wide one may be, in CSS pixels. */
  columnMinPx: 60,
  columnMaxPx: 1_200,
  /** The same of feedback. */
  feedbackScannedPerPage: 20_000,
  /** Feedback that is changed with one request. */
  feedbackPerChange: 5_000,
  /** Feedback, the newest, that statistics by tag, type and the like look through. */
  feedbackAnalysed: 100_000,
  /** Values of one label that they tell of: those with the most feedback. */
  feedbackGroups: 100,
  /** Comments, the newest, whose words are counted. */
  commentsCounted: 5_000,
  /** What is read of each of them, and of all together. */
  commentCountedLength: 2_000,
  commentsCountedLength: 500_000,
  /** Words that an answer tells of: those in the most comments. */
  commentWords: 100,
  /** Names of reviewers that are remembered: the last used. */
  reviewers: 200,
  /** A text that is searched for. */
  searchLength: 10_240,
  /** Calls of which one answer shows where they hold it. */
  snippetsPerAnswer: 200,
  /** Web origins that may send calls. */
  allowedOrigins: 50,
  /** One of them: a host name has at most 253 letters. */
  originLength: 300,
  /** Upstreams that a user configures. */
  upstreams: 100,
  /** The base URL of an upstream. */
  upstreamUrlLength: 2_000,
  /** A request body that passes through the proxy. */
  proxyBodyBytes: 50 * 1024 * 1024,
  /** Of each body that passes through the proxy, what is kept to record the call. */
  proxyRecordBytes: 8 * 1024 * 1024,
  /** The same, of all calls under way together; beyond it calls are recorded without their bodies. */
  proxyRecordTotalBytes: 128 * 1024 * 1024,
  /** What the proxy takes of a request ahead of its upstream, so that a slow uplink is no slow client. */
  proxyUploadBufferBytes: 8 * 1024 * 1024,
  /** Time to reach an upstream; then the answer is 504. */
  upstreamConnectMs: 10_000,
  /** Time from the end of a request to the head of its answer: models think long. Then the answer is 504. */
  upstreamFirstByteMs: 600_000,
  /** Time between two parts of an upstream's answer; then it is cut. */
  upstreamIdleMs: 300_000,
  /** Of each prompt and response without a reported token count, what is counted; the rest is taken to be alike. */
  countedTextLength: 100_000,
  /** Texts that wait to be counted; beyond it calls are stored without counts. */
  countQueueLength: 8_000_000,
  /** What a call waits at most to have its tokens counted. */
  countWaitMs: 5_000,
  /** The same, while the vocabulary that they are counted by is being loaded: a third of a second, mostly. */
  countStartMs: 20_000,
  /** A thread that has counted this long at what takes milliseconds is ended. */
  countStuckMs: 30_000,
  /** Until a thread that ended before it counted anything is started again. */
  countRestartMs: 5_000,
  /** A price per million tokens, in units of its currency. */
  pricePerMillion: 1_000_000,
  /** Prices of one model by the length of its input. */
  priceTiers: 10,
  /** A note that a user writes. */
  noteLength: 2_000,
  /** The id of a price; those of the catalogue hold the names of provider and model. */
  costConfigIdLength: 500,
  /** Prices that a user configures. */
  costConfigs: 10_000,
  /** Budgets. */
  budgets: 200,
  /** What was removed of one kind and can still be taken back. */
  undoableRemovals: 50,
  /** What may be spent in a period, in units of the base currency. */
  budgetAmount: 1_000_000_000,
  /** Currencies that a user gives an exchange rate. */
  exchangeRates: 200,
  /** A file that a page offers to save. */
  savedFileBytes: 64 * 1024 * 1024,
  /** A file of settings. */
  settingsFileLength: 4_000_000,
  /** Scheduled backups that are kept. */
  backupsKept: 100,
  /** One record of a file that is imported: a line, or an item of an array. */
  importedRecordBytes: 64 * 1024 * 1024,
  /** Records of it that cannot be imported and are told one by one. */
  importProblems: 100,
  /** Lines of one chart: the values with the most requests. Fewer if their points would be too many. */
  seriesPerChart: 20,
  /** Rows of a breakdown: the values with the most requests. */
  breakdownRows: 1_000,
  /** Calls that an answer names as the slowest or the most expensive. */
  topCalls: 100,
  /** Points of one answer, all lines together: while it is put together the main thread does nothing else. */
  pointsPerAnswer: 10_000,
  /** Alert rules. */
  alertRules: 1_000,
  /** Conditions of one rule. */
  alertConditions: 10,
  /** Values of one label that a rule looks at. */
  alertFilterValues: 100,
  /** Instances of one rule: values that it is split by. */
  alertInstances: 500,
  /** The window of a condition, in minutes. Budgets watch longer ones. */
  alertWindowMinutes: 24 * 60,
  /** Values of the course of one episode; a longer one is thinned out. */
  alertRecordPoints: 480,
  /** Counts by user and minute that rules are measured by, about 200 bytes each. */
  alertUserCells: 1_000_000,
  /** Calls of an earlier window that are looked through one by one, to compare with. */
  alertComparedCalls: 1_000_000,
  /** How long a rule may wait for anything, in minutes: 30 days. */
  alertDelayMinutes: 30 * 24 * 60,
  /** Channels that a user configures, and of one rule. */
  alertChannels: 100,
  /** Silences that have not ended. */
  alertSilences: 1_000,
  /** A password, or the secret of a webhook. */
  secretLength: 4_000,
  /** Headers of a user's own that a webhook sends. */
  webhookHeaders: 20,
  /** The body template of a webhook. */
  textTemplateLength: 20_000,
  /** What is read of a webhook's answer. */
  webhookAnswerBytes: 64 * 1024,
  /** Time for a webhook to answer, redirects included; for a mail server, each time that it is its turn. */
  notificationTimeoutMs: 10_000,
  /** Time for an e-mail to be handed over. */
  mailTimeoutMs: 30_000,
  /** What a notification waits at most for its next attempt, however long the other side asks for. */
  notificationDelayMs: 3_600_000,
  /** Addresses that one e-mail goes to. */
  emailRecipients: 50,
  /** Apps of which a user says what is kept. */
  captureApps: 200,
  /** Patterns of a user's own by which texts are redacted. */
  ownPatterns: 50,
  /** One of them. */
  patternLength: 500,
  /** What one of them comes to, in instructions of its program: the time that it takes grows with them. */
  patternInstructions: 5_000,
  /** What stands in the place of what it finds. */
  replacementLength: 100,
  /** Time for one of them to go through one text; the text is withheld then. */
  patternMs: 500,
  /** Calls of a user that are forgotten with one transaction, and pieces of feedback. */
  forgottenPerCommit: 200,
  /** Calls that are looked through with one query for those of a user. */
  callsScannedForUser: 100_000,
  /** A database that is written anew once a user was forgotten. */
  rewrittenBytes: 128 * 1024 * 1024,
  /** A text that redaction is tried on. */
  previewLength: 20_000,
  /** Days that something is kept: a hundred years. */
  retentionDays: 36_525,
  /** Apps with a retention of their own. */
  retentionApps: 100,
  /** What a database may be limited to. */
  databaseGigabytes: 100_000,
  /** The path of a folder. */
  pathLength: 4_000,
  /** Calls of one archive; a day with more has several. */
  archiveCalls: 50_000,
  /** What an archive holds before it is compressed. */
  archiveBytes: 256 * 1024 * 1024,
  /** One line of an archive; more is not believed. */
  archiveLineBytes: 64 * 1024 * 1024,
  /** The manifest of an archive; more is not read. */
  archiveManifestBytes: 64 * 1024,
  /** How long days that were restored are left alone: 30 days. */
  restoredDaysMs: 30 * 24 * 3_600_000,
  /** A clock that goes ahead by more is not believed without a yes: a day. */
  clockJumpMs: 24 * 3_600_000,
  /** One file of the log; a full one is put aside. */
  logFileBytes: 2 * 1024 * 1024,
  /** Files of the log, the newest included. */
  logFiles: 5,
  /** Time for what was taken to be written when the console closes; then it ends all the same. */
  closeMs: 15_000,
  /** Ports tried, from the configured one on. */
  portsTried: 10,
} as const

/** Page size of a list when the caller names none. */
export const DEFAULT_PAGE_SIZE = 100

/** Calls that an answer names as the slowest or the most expensive, when the caller asks for no number. */
export const DEFAULT_TOP_CALLS = 10

/** OTLP's registered port: an OpenTelemetry exporter finds the collector with no configuration. */
export const DEFAULT_PORT = 4318

/** How often alert rules are checked. */
export const DEFAULT_ALERT_INTERVAL_S = 60
