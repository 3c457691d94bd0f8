import { lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** The code of the error for an address that may not be connected to. */
export const PRIVATE_ADDRESS = 'ERR_PRIVATE_ADDRESS'

/**
 * Whether an address is of the public internet. Everything with a purpose of its own is not: private, loopback,
 * link-local (cloud metadata is there), shared (CGNAT), multicast, documentation, tunnels, and IPv4 addresses of these
 * kinds inside IPv6 ones. By the registries of IANA for special-purpose addresses (RFC 6890), which ipaddr.js follows.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false
  const address = ipaddr.process(text)
  // NAT64 (RFC 6052): a network without IPv4 reaches the public IPv4 internet so.
  if (address instanceof ipaddr.IPv6 && address.range() === 'rfc6052') {
    const [high, low] = address.parts.slice(-2)
    const isWellKnown = address.match(ipaddr.IPv6.parseCIDR('64:ff9b::/96'))
    return isWellKnown && high !== undefined && low !== undefined && embeddedRange(high, low) === 'unicast'
  }
  return address.range() === 'unicast'
}

function embeddedRange(high: number, low: number): string {
  return new ipaddr.IPv4([high >> 8, high & 255, low >> 8, low & 255]).range()
}

/** A host as the URL parser gives it, when it is an address and not a name: `[::1]` without its brackets. */
export function addressOf(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1')
  return isIP(bare) === 0 ? undefined : bare
}

export function privateAddressError(): NodeJS.ErrnoException {
  return Object.assign(new Error('the address is not a public one'), { code: PRIVATE_ADDRESS })
}

/**
 * Resolves names to public addresses only. It is given to the socket, so that the address which was looked at is the
 * one that is connected to: a name cannot lead elsewhere in between.
 */
export function publicLookup(
  resolve: typeof systemLookup = systemLookup,
  isPublic = isPublicAddress,
): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) {
        callback(error, '')
        return
      }
      const allowed = found.filter(({ address }) => isPublic(address))
      const [first] = allowed
      if (!first) callback(privateAddressError(), '')
      else if (options.all) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }
}
