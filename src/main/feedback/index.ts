export type { FeedbackKeeper } from './feedback.ts'
export { createFeedback } from './feedback.ts'
export { feedbackStats, satisfactionOf } from './figures.ts'
export { readFeedback } from './read-feedback.ts'
