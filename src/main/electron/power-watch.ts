import { powerMonitor } from 'electron'
import type { Log } from '../log.ts'
import { isOnLinuxBattery } from './linux-battery.ts'

/** Nobody tells on Linux. */
const LOOK_MS = 60_000

/** Follows where the power comes from, and sleep. After Electron's `ready` event. */
export function watchPower(options: {
  /** The machine woke up. */
  onWake: () => void
  /** The system shuts down. */
  onShutdown: () => void
  log: Log
}): { isOnBattery: () => boolean } {
  const { log } = options
  let isOnBattery = powerMonitor.isOnBatteryPower()
  const become = (isNow: boolean): void => {
    if (isNow !== isOnBattery)
      log.info(isNow ? 'on battery: work that can wait, waits' : 'on mains: work that waited goes on')
    isOnBattery = isNow
  }
  if (process.platform === 'linux') {
    const look = (): void => void isOnLinuxBattery().then(become)
    look()
    setInterval(look, LOOK_MS).unref()
  } else {
    powerMonitor.on('on-battery', () => become(true))
    powerMonitor.on('on-ac', () => become(false))
  }
  powerMonitor.on('suspend', () => log.info('the machine goes to sleep'))
  powerMonitor.on('resume', () => {
    log.info('the machine woke up')
    options.onWake()
  })
  // Windows ends the process itself; what was answered is stored by then.
  powerMonitor.on('shutdown' as never, (event: Electron.Event) => {
    event.preventDefault()
    options.onShutdown()
  })
  return { isOnBattery: () => isOnBattery }
}
