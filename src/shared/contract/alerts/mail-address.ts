// One mailbox, with or without a name before it. Nothing in it can end a header or add an address.
const ADDRESS = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,255}$/
const NAMED = /^(?<name>[^<>\p{Cc}]{1,200})<(?<address>[^<>]+)>$/u

export interface MailAddress {
  name: string
  address: string
}

/** Reads `ops@example.com` or `Operations <ops@example.com>`; anything else is undefined. */
export function readMailAddress(text: string): MailAddress | undefined {
  const groups = NAMED.exec(text.trim())?.groups
  const name = groups?.['name']?.trim().replace(/^"(.*)"$/, '$1') ?? ''
  const address = (groups?.['address'] ?? text).trim()
  return ADDRESS.test(address) ? { name, address } : undefined
}
