import type { Component } from 'vue'
import AboutSettings from './about-settings.vue'
import AccessSettings from './access-settings.vue'
import BackupSettings from './backup-settings.vue'
import DataFolderSettings from './data-folder-settings.vue'
import DataSettings from './data-settings.vue'
import DatabaseSettings from './database-settings.vue'
import DesktopSettings from './desktop-settings.vue'
import GeneralSettings from './general-settings.vue'
import ImportSettings from './import-settings.vue'
import NotificationSettings from './notification-settings.vue'
import PricesSettings from './prices-settings.vue'
import PrivacySettings from './privacy-settings.vue'
import ArchivesSettings from './retention/archives-settings.vue'
import RetentionSettings from './retention/retention-settings.vue'
import SettingsFile from './settings-file.vue'
import UpstreamsSettings from './upstreams-settings.vue'

export interface SettingsSection {
  /** Of its element, which addresses lead to. */
  id: string
  /** The key of its title. */
  title: string
  component: Component
}

/** The sections of the page, in its order. */
export const SETTINGS_SECTIONS: readonly SettingsSection[] = [
  { id: 'general', title: 'settings.general', component: GeneralSettings },
  { id: 'desktop', title: 'desktop.title', component: DesktopSettings },
  { id: 'access', title: 'access.title', component: AccessSettings },
  { id: 'upstreams', title: 'upstreams.title', component: UpstreamsSettings },
  { id: 'prices', title: 'pricesSettings.title', component: PricesSettings },
  { id: 'notifications', title: 'notificationSettings.title', component: NotificationSettings },
  { id: 'privacy', title: 'privacy.title', component: PrivacySettings },
  { id: 'retention', title: 'retention.title', component: RetentionSettings },
  { id: 'archives', title: 'archives.title', component: ArchivesSettings },
  { id: 'data', title: 'data.title', component: DataSettings },
  { id: 'import', title: 'callImport.title', component: ImportSettings },
  { id: 'database', title: 'database.title', component: DatabaseSettings },
  { id: 'backups', title: 'backups.title', component: BackupSettings },
  { id: 'folder', title: 'dataFolder.title', component: DataFolderSettings },
  { id: 'settings-file', title: 'settingsFile.title', component: SettingsFile },
  { id: 'about', title: 'about.title', component: AboutSettings },
]
