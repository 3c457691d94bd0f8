import { channelsContract } from './channels.ts'
import { alertRecordsContract } from './records.ts'
import { alertRulesContract } from './rules.ts'
import { silencesContract } from './silences.ts'

const { preview: _preview, engine: _engine, ...rules } = alertRulesContract

export const alertsContract = {
  rules,
  records: alertRecordsContract,
  silences: silencesContract,
  channels: channelsContract,
}
