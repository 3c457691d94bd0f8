import type { Ref } from 'vue'
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute, useRouter } from 'vue-router'
import type { AppLogItem } from '#shared/contract/app-logs.ts'
import { LIMITS } from '#shared/limits.ts'
import { client } from '../../client.ts'
import { useFormatters } from '../../composables/use-formatters.ts'
import type { Command } from './command.ts'

const NEWEST = 20
const PAST_MS = 30 * 86_400_000
/** Typing goes on for longer than this between two letters only when somebody waits for what comes. */
const PAUSE_MS = 150
/** Shorter ones belong to no call. */
const SHORTEST_ID = 3
const FIELDS = [
  { by: 'app', label: 'dimension.app' },
  { by: 'model', label: 'dimension.model' },
] as const

/**
 * What the palette offers of the calls: the newest ones, the one whose request id is typed, and apps and models to
 * narrow down by. They come when they are there; without them the palette has the others.
 */
export function useFoundCommands(typed: Ref<string>): Ref<Command[]> {
  const { t } = useI18n()
  const route = useRoute()
  const router = useRouter()
  const formatters = useFormatters()
  const asked = new AbortController()
  const { signal } = asked
  const newest = shallowRef<Command[]>([])
  const sought = shallowRef<Command[]>([])
  const filters = shallowRef<Command[]>([])
  const found = ref<Command[]>([])
  watch([newest, sought, filters], () => {
    const exact = new Set(sought.value.map(({ id }) => id))
    found.value = [...filters.value, ...sought.value, ...newest.value.filter(({ id }) => !exact.has(id))]
  })

  const ofCall = ({ requestId, app, model, startedAt }: AppLogItem): Command => ({
    id: `call ${requestId}`,
    group: 'calls',
    title: requestId,
    isName: true,
    names: [`${app} ${model ?? ''}`],
    note: [app, model, formatters.value.time(startedAt, Date.now())].filter(Boolean).join(' · '),
    run: () => void router.push({ name: 'call', params: { requestId } }),
  })

  const ofValue = (by: 'app' | 'model', label: string, value: string): Command => ({
    id: `${by} ${value}`,
    group: 'filters',
    title: value,
    isName: true,
    names: [`${t(label)} ${value}`],
    note: t(label),
    // Where labels narrow down the page, it is this page that is meant.
    run: () =>
      void router.push(
        route.name === 'dashboard' || route.name === 'calls'
          ? { query: { ...route.query, [by]: value } }
          : { name: 'calls', query: { [by]: value } },
      ),
  })

  async function load(): Promise<void> {
    const to = Date.now()
    const [calls, ...labels] = await Promise.all([
      client.appLogs.list({ limit: NEWEST }, { signal }),
      ...FIELDS.map(({ by }) => client.monitoring.breakdown({ from: to - PAST_MS, to, by }, { signal })),
    ])
    newest.value = calls.items.map(ofCall)
    filters.value = FIELDS.flatMap(({ by, label }, index) =>
      (labels[index]?.rows ?? []).flatMap(({ key }) => (key === null ? [] : [ofValue(by, label, key)])),
    )
  }

  async function seek(requestId: string): Promise<void> {
    const { items } = await client.appLogs.list({ requestId, limit: 1 }, { signal })
    if (typed.value.trim() === requestId) sought.value = items.map(ofCall)
  }

  let pause: ReturnType<typeof setTimeout> | undefined
  watch(typed, (text) => {
    clearTimeout(pause)
    sought.value = []
    const requestId = text.trim()
    if (requestId.length < SHORTEST_ID || requestId.length > LIMITS.nameLength) return
    pause = setTimeout(() => void seek(requestId).catch(() => undefined), PAUSE_MS)
  })
  onScopeDispose(() => {
    clearTimeout(pause)
    asked.abort()
  })
  // What failed is not offered; pages say what is wrong.
  load().catch(() => undefined)
  return found
}
