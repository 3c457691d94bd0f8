import type { UpdateInfo } from 'electron-updater'
import type { ProviderRuntimeOptions } from 'electron-updater/out/providers/Provider.js'
import { parseUpdateInfo, Provider, resolveFiles } from 'electron-updater/out/providers/Provider.js'
import type { UpdateFeed } from '#shared/contract/updates.ts'
import { isSigned, UntrustedFeed } from './signed-feed.ts'

type ProviderClass = new (
  options: unknown,
  updater: unknown,
  runtime: ProviderRuntimeOptions,
) => Provider<UpdateInfo>
type ResolvedFiles = ReturnType<typeof resolveFiles>

/**
 * Where electron-updater learns of new versions: a folder on an https server with `latest….yml` as electron-builder
 * writes it, and beside it `latest….yml.sig`. The feed names the checksum of each file, so the one signature vouches for
 * all that is downloaded.
 *
 * @param feed what the user trusts.
 * @returns a class, because electron-updater makes its providers itself.
 */
export function signedProvider(feed: UpdateFeed): ProviderClass {
  const base = new URL(feed.url.endsWith('/') ? feed.url : `${feed.url}/`)
  return class SignedProvider extends Provider<UpdateInfo> {
    constructor(_options: unknown, _updater: unknown, runtime: ProviderRuntimeOptions) {
      super(runtime)
    }

    async getLatestVersion(): Promise<UpdateInfo> {
      const name = `${this.getDefaultChannelName()}.yml`
      const url = new URL(name, base)
      const text = (await this.httpRequest(url)) ?? ''
      const signature = (await this.httpRequest(new URL(`${name}.sig`, base))) ?? ''
      if (!isSigned(text, signature, feed.publicKey))
        throw new UntrustedFeed('the update feed is not signed with the key of the settings')
      return parseUpdateInfo(text, name, url)
    }

    resolveFiles(info: UpdateInfo): ResolvedFiles {
      const files = resolveFiles(info, base)
      if (files.some((file) => file.url.protocol !== 'https:' || !file.info.sha512))
        throw new UntrustedFeed('the update feed names a file without a checksum, or not by https')
      return files
    }
  }
}
