import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const POWER_SUPPLIES = '/sys/class/power_supply'

/**
 * Whether a Linux machine runs on its battery, as its kernel says: Electron does not ask there. Batteries of mice and
 * the like, which power nothing, do not count.
 * https://www.kernel.org/doc/Documentation/ABI/testing/sysfs-class-power
 *
 * @returns false, too, where nothing is known.
 */
export async function isOnLinuxBattery(folder = POWER_SUPPLIES): Promise<boolean> {
  const read = async (supply: string, name: string) => {
    try {
      return (await readFile(join(folder, supply, name), 'utf8')).trim()
    } catch {
      // Not every supply says everything of itself.
      return ''
    }
  }
  try {
    const supplies = await Promise.all(
      (await readdir(folder)).map(async (supply) => ({
        type: await read(supply, 'type'),
        scope: await read(supply, 'scope'),
        status: await read(supply, 'status'),
        online: await read(supply, 'online'),
      })),
    )
    const isPlugged = supplies.some(({ type, online }) => type !== 'Battery' && online === '1')
    const isDraining = supplies.some(
      ({ type, scope, status }) => type === 'Battery' && scope !== 'Device' && status === 'Discharging',
    )
    return isDraining && !isPlugged
  } catch {
    // No such folder: a container, mostly.
    return false
  }
}
