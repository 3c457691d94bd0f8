// For tools that read TypeScript without Vue's compiler; vue-tsc takes the component's own types.
declare module '*.vue' {
  import type { DefineComponent } from 'vue'

  const component: DefineComponent
  export default component
}

// Made by the build: the licences of all that is shipped.
declare module 'virtual:licences' {
  const licences: readonly { name: string; version: string; licence: string; text: string }[]
  export default licences
}
