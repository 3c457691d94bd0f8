/** How the page calls what the contract has names for. */
export const TYPE_NAMES = {
  quality: 'feedback.type.quality',
  accuracy: 'feedback.type.accuracy',
  latency: 'feedback.type.latency',
  safety: 'feedback.type.safety',
  other: 'feedback.type.other',
} as const

export const SOURCE_NAMES = {
  'end-user': 'feedback.source.endUser',
  reviewer: 'feedback.source.reviewer',
  program: 'feedback.source.program',
} as const
