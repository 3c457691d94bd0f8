/**
 * Why a notification was not sent, or not yet: the code before the first colon of its `reason`. What follows the colon
 * is what the other side said, as text.
 */
export const NOTIFICATION_REASONS = [
  // Suppressed: nothing was tried.
  'silenced',
  'quiet-hours',
  // Nobody was told that it began, so nobody is told that it ended.
  'firing-not-delivered',
  'unsupported',
  'channel-disabled',
  'channel-removed',
  // What was tried failed; it may go better later.
  'network',
  'timeout',
  'answer',
  'interrupted',
  'secret-lost',
  // It will not.
  'refused',
  'private-address',
  'redirect',
  'certificate',
  'no-encryption',
  'login',
  'too-old',
  'failed',
] as const
export type NotificationReason = (typeof NOTIFICATION_REASONS)[number]
