export const settingsPage = {
  search: 'Search the settings',
  results: 'Settings that were found',
  found: 'No setting holds this. | One setting found. | {count} settings found.',
  sections: 'Sections of the settings',
}

export const port = {
  title: 'Port',
  text: 'Apps send their calls here. Another port holds at once, without a restart; apps must then send there.',
  given:
    'The console was started with a port of its own, and listens on {port}. Another one holds until it is closed, and from then on wherever it is started without.',
  moved:
    'Port {requested} was taken when the console started, so the collector listens on {port}. Apps must send there.',
  changed: 'Done: the collector listens on {url} now. Change the address in your apps.',
  change: 'Change',
  taken: 'Another program listens on port {port}. Nothing has changed; close it or choose another port.',
  invalid: 'A whole number from 1024 to 65535.',
}

export const containers = {
  title: 'Let containers in',
  text: 'On: containers of Docker and Podman on this machine may send calls to the addresses that appear here. They always need the token for apps. Nobody else on the network gets in.',
  addresses: 'Addresses for containers',
}

export const pricesSettings = {
  title: 'Prices and currency',
  currency: 'Base currency',
  currencyText:
    'All costs are computed, kept and shown in it. Prices in another currency need an exchange rate.',
  prices: 'Prices of models',
  pricesText: 'A price list comes with the console; your own prices win over it.',
  open: 'Open the costs',
}

export const notificationSettings = {
  title: 'Notifications',
  channels: 'Channels',
  channelsText: '{on} of {all} are on: the system, the window, e-mail and webhooks.',
  channelsUnknown: 'The system, the window, e-mail and webhooks.',
  open: 'Open the channels',
  soundText: 'In the window, while it is open. What the system plays is the system’s to say.',
}

export const settingsFile = {
  title: 'Export and import of settings',
  export: 'Export the settings',
  exportText:
    'As a JSON file, for another machine or another day. Tokens, passwords and channels are never in it.',
  exportButton: 'Export…',
  import: 'Import settings',
  importText: 'You see what a file would change before anything changes. What it does not name stays.',
  importButton: 'Choose a file…',
  notWritten: 'The file could not be written. Try again, perhaps in another folder.',
  notRead: 'The file could not be read. Try again.',
  changesTitle: 'What the file would change',
  nothing: 'Nothing: all of it is so already.',
  unknown: 'Not known here, and left alone: {names}',
  absent: 'not there',
  on: 'on',
  off: 'off',
  apply: 'Change it | Change one setting | Change {count} settings',
  applied: 'Nothing changed. | One setting changed. | {count} settings changed.',
  callColumns: 'Columns of the list of calls',
  callViews: 'Saved views of calls',
  defaultCallView: 'View that calls open with',
  captureApps: 'What is kept of single apps',
  detectors: 'What is taken out of texts',
  backupHour: 'Hour of scheduled backups',
  backupWeekday: 'Weekday of scheduled backups',
  backupsKept: 'Scheduled backups that are kept',
  refused: {
    notJson: 'This is no JSON file. Nothing has changed.',
    notSettings: 'This is no file of settings of LLMOps Console. Nothing has changed.',
    newer:
      'A newer version of LLMOps Console has written this file. Update the console, then import it. Nothing has changed.',
    invalid: 'Some of it is not valid, so nothing has changed:',
  },
}

export const about = {
  title: 'About',
  version: 'Version {version}',
  unknown: 'The versions could not be read. Try again.',
  schema: 'Schema of the database',
  system: 'System',
  diagnostics: 'Diagnostics',
  diagnosticsText:
    'Versions, counters, sizes and choices, to paste into a report. No token, no path, nothing of any call.',
  licences: 'Licences of others’ work',
  licencesText: 'What LLMOps Console is made with, and under which licences.',
  readLicences: 'Read them',
  licencesMissing: 'They are missing in this build.',
  filterLicences: 'Package or licence',
  packages: 'No package | One package | {count} packages',
  noText: 'The package names its licence, {licence}, and comes without its text.',
}

export const nothingArrives = {
  title: 'Nothing arrives, and nothing is turned away?',
  address:
    'Send a test call above. If it arrives, the collector is well and the app sends elsewhere: compare its address with the one above, port included.',
  proxy:
    'Does HTTP_PROXY or HTTPS_PROXY stand in the app’s environment? Add 127.0.0.1 and localhost to NO_PROXY.',
  restart: 'Was the app started again after its environment was changed? Also its shell, or its editor.',
  flush:
    'A short program may end before its spans are sent. Have OpenTelemetry shut down, or flush, at the end.',
  sampling: 'Does OpenTelemetry sample? Set OTEL_TRACES_SAMPLER to always_on to try.',
  containers:
    'Does it run in a container? There 127.0.0.1 is the container itself; let containers in, and send to the address shown there.',
  openContainers: 'Let containers in',
}
