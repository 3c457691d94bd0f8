/** Sends what waits in the outbox of a data folder to a webhook, then ends. Arguments: the folder, the address. */
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { genericWebhook } from '../../../src/main/alerts/channels/generic-webhook.ts'
import { webhookSender } from '../../../src/main/alerts/channels/webhook-sender.ts'
import { startOutbox } from '../../../src/main/alerts/outbox.ts'
import { stderrLog } from '../../../src/main/log.ts'
import { openStore } from '../../../src/main/store/store.ts'

const [dataDir = '', url = ''] = process.argv.slice(2)
const store = await openStore({ dataDir })
let sent = 0
const settings = { url, secret: '', headers: {}, allowPrivateAddresses: true, bodyTemplate: '' }
const sender = webhookSender(genericWebhook, settings)
const outbox = await startOutbox({
  store,
  senderOf: async () => sender,
  wording: () => ({ language: 'en', currency: 'USD' }),
  onAttempt: () => void (sent += 1),
  now: Date.now,
  random: Math.random,
  log: stderrLog,
})
outbox.wake()
while (sent === 0) await sleep(10)
await outbox.close()
await store.close()
