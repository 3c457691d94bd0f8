import { ORPCError } from '@orpc/server'
import { os } from './implementer.ts'
import type { Sample } from './sample/index.ts'

/** Implements the contract of sample data: one thing at a time. */
export function sampleProcedures(sample: Sample) {
  const { load, remove } = os.sample
  const refuseIfBusy = () => {
    if (sample.isBusy())
      throw new ORPCError('CONFLICT', { message: 'Sample data are being loaded or removed already.' })
  }
  return {
    load: load.handler(({ signal }) => {
      refuseIfBusy()
      return sample.load(signal)
    }),
    remove: remove.handler(({ signal }) => {
      refuseIfBusy()
      return sample.remove(signal)
    }),
  }
}
