import type { ComputedRef } from 'vue'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute, useRouter } from 'vue-router'
import type { CallView } from '#shared/contract/call-views.ts'
import { LIMITS } from '#shared/limits.ts'
import type { Settings } from '#shared/contract/settings.ts'
import { showInvisible } from '../../../format/show-invisible.ts'
import { useSettings } from '../../../stores/settings.ts'
import { useToasts } from '../../../stores/toasts.ts'
import { useUndo } from '../../../stores/undo.ts'
import type { CallColumns } from '../use-call-columns.ts'
import { viewAddress, viewQuery } from './view-address.ts'

export interface CallViews {
  views: ComputedRef<readonly CallView[]>
  /** The one that the address names. */
  active: ComputedRef<CallView | undefined>
  /** The page shows something else than its view. */
  isChanged: ComputedRef<boolean>
  isFull: ComputedRef<boolean>
  defaultId: ComputedRef<string | null>
  choose: (view: CallView | undefined) => void
  /** Keeps what the page shows under a name. */
  save: (name: string) => void
  /** Has a view show what the page shows. */
  update: (view: CallView) => void
  rename: (view: CallView, name: string) => void
  remove: (view: CallView) => void
  move: (id: CallView['id'], to: number) => void
  /** Undefined: the list begins with all calls. */
  makeDefault: (view: CallView | undefined) => void
}

/** Saved views of the list: its range, filters and columns under a name, kept with the settings. */
export function useCallViews(columns: CallColumns): CallViews {
  const { t } = useI18n()
  const route = useRoute()
  const router = useRouter()
  const settings = useSettings()
  const toasts = useToasts()
  const undo = useUndo()

  const views = computed(() => settings.settings.callViews)
  const active = computed(() => views.value.find(({ id }) => id === route.query['view']))
  const shown = computed(() => ({ address: viewAddress(route.query), columns: columns.chosen.value }))
  const isChanged = computed(
    () =>
      active.value !== undefined &&
      (active.value.address !== shown.value.address ||
        JSON.stringify(active.value.columns) !== JSON.stringify(shown.value.columns)),
  )

  async function store(choices: Partial<Settings>): Promise<boolean> {
    try {
      await settings.update(choices)
      return true
    } catch {
      toasts.show({ text: t('explorer.viewNotSaved'), isFailure: true })
      return false
    }
  }
  const change = (view: CallView, changes: Partial<CallView>) =>
    void store({ callViews: views.value.map((one) => (one.id === view.id ? { ...one, ...changes } : one)) })

  function choose(view: CallView | undefined): void {
    // A step back leads to what was shown before; the default view is chosen where nothing is.
    if (!view) return void router.push({ query: { range: '1h' } })
    columns.choose(view.columns)
    void router.push({ query: viewQuery(view) })
  }

  async function save(name: string): Promise<void> {
    const view = { id: crypto.randomUUID(), name: name.trim(), ...shown.value }
    if (await store({ callViews: [...views.value, view] })) {
      await router.replace({ query: viewQuery(view) })
    }
  }

  async function remove(view: CallView): Promise<void> {
    const place = views.value.indexOf(view)
    const { defaultCallView } = settings.settings
    const callViews = views.value.filter((one) => one.id !== view.id)
    const isDone = await store({
      callViews,
      ...(defaultCallView === view.id ? { defaultCallView: null } : {}),
    })
    if (!isDone) return
    undo.offer(t('explorer.viewRemoved', { name: showInvisible(view.name) }), () =>
      settings.update({
        callViews: views.value.toSpliced(place, 0, view),
        ...(defaultCallView === view.id ? { defaultCallView } : {}),
      }),
    )
  }

  return {
    views,
    active,
    isChanged,
    isFull: computed(() => views.value.length >= LIMITS.callViews),
    defaultId: computed(() => settings.settings.defaultCallView),
    choose,
    save: (name) => void save(name),
    update: (view) => change(view, shown.value),
    rename: (view, name) => change(view, { name: name.trim() }),
    remove: (view) => void remove(view),
    move(id, to) {
      const others = views.value.filter((view) => view.id !== id)
      const moved = views.value.filter((view) => view.id === id)
      void store({ callViews: others.toSpliced(to, 0, ...moved) })
    },
    makeDefault: (view) => void store({ defaultCallView: view?.id ?? null }),
  }
}
