import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { CloseAnswer, DesktopState } from '#shared/contract/desktop.ts'
import { client } from '../client.ts'

const RETRY_MS = 2_000

/** The desktop that the window is on: what it asks, and what it can be told. */
export const useDesktop = defineStore('desktop', () => {
  const state = shallowRef<DesktopState>()
  /** Whether the user is being asked what closing the window means. */
  const isAskingToClose = ref(false)

  /** Follows the main process for as long as the page lives. */
  async function follow(): Promise<never> {
    for (;;) {
      try {
        for await (const _event of await client.desktop.events()) isAskingToClose.value = true
      } catch {
        // The console is busy or closing.
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
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
