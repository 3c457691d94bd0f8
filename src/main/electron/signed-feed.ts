import { createPublicKey, verify } from 'node:crypto'

/** DER of a SubjectPublicKeyInfo of Ed25519, up to the 32 bytes of the key (RFC 8410, section 4). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')
const SIGNATURE_BYTES = 64

/** Its message is for the log; it holds nothing of the feed. */
export class UntrustedFeed extends Error {}

/**
 * Whether a feed was signed with the key that the user trusts.
 *
 * @param signature base64 of an Ed25519 signature of the feed's bytes.
 * @param publicKey base64 of the 32 bytes of the key.
 */
export function isSigned(feed: string, signature: string, publicKey: string): boolean {
  try {
    const bytes = Buffer.from(signature.trim(), 'base64')
    if (bytes.length !== SIGNATURE_BYTES) return false
    const der = Buffer.concat([SPKI_PREFIX, Buffer.from(publicKey, 'base64')])
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
    return verify(null, Buffer.from(feed), key, bytes)
  } catch {
    // No key at all: nothing is signed with it.
    return false
  }
}
