import { channelsContract } from './channels.ts'
import { alertRecordsContract } from './records.ts'
import { alertRulesContract } from './rules.ts'
import { silencesContract } from './silences.ts'

export const alertsContract = {
  rules: alertRulesContract,
  records: alertRecordsContract,
  silences: silencesContract,
  channels: channelsContract,
}
