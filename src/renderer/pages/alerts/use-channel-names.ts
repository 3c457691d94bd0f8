import { useI18n } from 'vue-i18n'

/** The console's own channels have names in the user's language. */
export function useChannelNames(): (id: string, name: string) => string {
  const { t } = useI18n()
  return (id, name) =>
    id === 'os' ? t('alerts.channelOs') : id === 'inApp' ? t('alerts.channelInApp') : name
}
