import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { CloseAnswer, DesktopState } from '#shared/contract/desktop.ts'
import { client } from '../client.ts'
import { keepFollowing } from './keep-following.ts'

/** The desktop that the window is on: what it asks, and what it can be told. */
export const useDesktop = defineStore('desktop', () => {
  const state = shallowRef<DesktopState>()
  /** Whether the user is being asked what closing the window means. */
  const isAskingToClose = ref(false)

  /** Follows the main process for as long as the page lives. */
  function follow(): Promise<never> {
    return keepFollowing(client.desktop.events, () => (isAskingToClose.value = true))
  }

  async function load(): Promise<void> {
    state.value = await client.desktop.state()
  }

  async function setStartAtLogin(isOn: boolean): Promise<void> {
    state.value = await client.desktop.setStartAtLogin({ isOn })
  }

  async function answerClose(answer: CloseAnswer): Promise<void> {
    isAskingToClose.value = false
    await client.desktop.answerClose({ answer })
  }

  return { state, isAskingToClose, follow, load, setStartAtLogin, answerClose }
})
