import type { Backup } from '#shared/contract/backups.ts'
import { BACKUP_NAME } from '#shared/contract/backups.ts'

const PARTS = /^llmops-(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z(?:-(\d{1,3}))?-/

/**
 * The name of a backup that is made now: what was made later comes later by name, too.
 *
 * @param taken names that are there.
 */
export function backupName(kind: Backup['kind'], now: number, taken: ReadonlySet<string>): string {
  const time = new Date(now).toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '')
  for (let number = 1; ; number += 1) {
    const name = `llmops-${time}${number === 1 ? '' : `-${number}`}-${kind}.sqlite`
    if (!taken.has(name)) return name
  }
}

/** @returns undefined: the file is no backup. */
export function readBackupName(name: string): Pick<Backup, 'name' | 'kind' | 'createdAt'> | undefined {
  const kind = BACKUP_NAME.exec(name)?.[1]
  const [, year, month, day, hour, minute, second] = PARTS.exec(name) ?? []
  const createdAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (!isKind(kind) || Number.isNaN(createdAt)) return undefined
  return { name, kind, createdAt }
}

function isKind(text: string | undefined): text is Backup['kind'] {
  return text === 'manual' || text === 'scheduled' || text === 'before-restore'
}
