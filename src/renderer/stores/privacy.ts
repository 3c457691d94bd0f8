import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { PrivacySettings } from '#shared/contract/privacy.ts'
import { client } from '../client.ts'
import { keepFollowing } from './keep-following.ts'

type PrivacyChange = Parameters<typeof client.privacy.update>[0]

/** What is kept of calls, and what is taken out of their texts. */
export const usePrivacy = defineStore('privacy', () => {
  const settings = shallowRef<PrivacySettings>()
  /** What went wrong last: they were not read, or a change was not kept. */
  const problem = ref<'not-loaded' | 'not-saved'>()

  let isFollowing = false

  async function load(): Promise<void> {
    try {
      settings.value = await client.privacy.get()
      problem.value = undefined
      if (!isFollowing) void follow()
    } catch {
      problem.value = 'not-loaded'
    }
  }

  /** From the first time that they are asked for, as long as the page lives: scripts change them, too. */
  function follow(): Promise<never> {
    isFollowing = true
    return keepFollowing(client.privacy.follow, (now) => (settings.value = now))
  }

  /** Stores what may be refused, and shows it then. Throws why it was not stored. */
  async function update(change: PrivacyChange): Promise<void> {
    settings.value = await client.privacy.update(change)
    problem.value = undefined
  }

  /** Shows a choice at once; what was stored has the last word. Answers whether it was. */
  async function choose(change: Partial<PrivacySettings>): Promise<boolean> {
    const before = settings.value
    if (before) settings.value = { ...before, ...change }
    try {
      await update(change)
      return true
    } catch {
      settings.value = before
      problem.value = 'not-saved'
      return false
    }
  }

  return { settings, problem, load, update, choose }
})
