import type { InjectionKey, Ref } from 'vue'

/** What the call was found by, to be marked wherever its texts are shown. */
export const SEARCHED_TEXT: InjectionKey<Readonly<Ref<string | undefined>>> = Symbol('searched text')
