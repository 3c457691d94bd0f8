import * as z from 'zod'
import { DEFAULT_PAGE_SIZE, LIMITS } from '../limits.ts'

/** `limit` of any list. */
export const pageSizeSchema = z
  .int('must be an integer')
  .min(1, 'must be >= 1')
  .max(LIMITS.pageSize, `must be <= ${LIMITS.pageSize}`)
  .default(DEFAULT_PAGE_SIZE)
